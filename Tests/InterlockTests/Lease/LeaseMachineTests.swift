import Interlock
import TestSupport
import Testing

@Suite struct LeaseMachineTests {
  private static let start = Instant(nanoseconds: 1_000_000_000)
  private static let term = Duration.seconds(30)

  private func at(_ seconds: Double) -> Instant {
    Self.start.advanced(by: .milliseconds(Int((seconds * 1000).rounded())))
  }

  private func lease(
    term: Duration? = term, _ renewal: LeaseMachine.Renewal = .automatic, chance: Double = 0
  ) -> LeaseMachine {
    LeaseMachine(
      fence: Fence(5), term: term, requested: Self.start, renewal: renewal, chance: chance)
  }

  @Test func `it is valid from before the request, and not to the end of its term`() {
    let lease = lease()
    // A hundredth of 30 s is more than 2 ms.
    #expect(lease.validUntil == at(29.7))
    #expect(throws: Never.self) { try lease.check(at: at(29.699)) }
    #expect(throws: LeaseMachine.Refusal.suspect) { try lease.check(at: at(29.7)) }
    let short = self.lease(term: .milliseconds(100))
    #expect(short.validUntil == at(0.098))
  }

  @Test func `it is renewed when a third of a term has passed, by chance a little sooner or later`()
  {
    #expect(lease().nextDeadline == at(10))
    #expect(lease(chance: 1).nextDeadline == at(11))
    #expect(lease(chance: -1).nextDeadline == at(9))
    var lease = lease()
    expect(lease.advance(to: at(9.999)), is: nil)
    expect(lease.advance(to: at(10)), is: .renew)
    expect(lease.advance(to: at(10)), is: nil, "asked for once")
    lease.confirmed(sent: at(10), at: at(10.5))
    #expect(lease.validUntil == at(39.7))
    #expect(lease.nextDeadline == at(20))
  }

  @Test func `a renewal without an answer is tried again, twice as late each time`() {
    var lease = lease()
    _ = lease.advance(to: at(10))
    var delays: [Double] = []
    var now = 10.0
    for _ in 0..<8 {
      lease.unanswered(at: at(now))
      let due = Double(Self.start.nanoseconds(to: lease.nextDeadline ?? .origin)) / 1e9
      delays.append(((due - now) * 1000).rounded())
      now = due
      expect(lease.advance(to: at(due)), is: .renew)
    }
    // No more than a twelfth of the term apart.
    #expect(delays == [50, 100, 200, 400, 800, 1600, 2500, 2500])
    lease.confirmed(sent: at(now), at: at(now))
    lease.unanswered(at: at(now + 10))
    #expect(lease.nextDeadline == at(now + 10.05), "after an answer it begins anew")
  }

  @Test func `an answer that comes late takes nothing back`() {
    var lease = lease()
    lease.confirmed(sent: at(20), at: at(20.1))
    lease.confirmed(sent: at(10), at: at(21))
    #expect(lease.validUntil == at(49.7))
  }

  @Test func `when validity ends one more renewal is tried, and brings it back`() {
    var lease = lease()
    _ = lease.advance(to: at(10))
    #expect(lease.nextDeadline == at(29.7))
    expect(lease.advance(to: at(29.7)), is: .renew)
    #expect(lease.state == .suspect)
    #expect(throws: LeaseMachine.Refusal.suspect) { try lease.check(at: at(29.8)) }
    #expect(lease.nextDeadline == at(30.7), "a second of suspicion")
    lease.confirmed(sent: at(29.75), at: at(30))
    #expect(lease.state == .held)
    #expect(throws: Never.self) { try lease.check(at: at(30)) }
  }

  @Test func `a suspicion that nobody dispels becomes a loss, which is told once`() {
    var lease = lease()
    _ = lease.advance(to: at(29.7))
    expect(lease.advance(to: at(30.7)), is: .tellLoss(.disconnected))
    expect(lease.advance(to: at(31)), is: nil)
    expect(lease.refused(.backendReset), is: nil)
    lease.confirmed(sent: at(30.6), at: at(31))
    #expect(lease.state == .lost(.disconnected), "too late")
    #expect(throws: LeaseMachine.Refusal.lost(.disconnected)) { try lease.check(at: at(31)) }
    #expect(lease.nextDeadline == nil)
  }

  @Test func `whoever slept through it all has lost it at once`() {
    var lease = lease()
    expect(lease.advance(to: at(3600)), is: .tellLoss(.disconnected))
  }

  @Test func `one that is not renewed ends with its term`() {
    var lease = lease(.never)
    #expect(lease.nextDeadline == at(29.7))
    expect(lease.advance(to: at(29.7)), is: .tellLoss(.expired))
  }

  @Test func `one with a limit is renewed up to it and no further`() {
    var lease = lease(.upTo(.seconds(25)))
    expect(lease.advance(to: at(10)), is: .renew)
    lease.confirmed(sent: at(10), at: at(10))
    expect(lease.advance(to: at(20)), is: .renew)
    lease.confirmed(sent: at(20), at: at(20))
    #expect(lease.nextDeadline == at(49.7), "the next would come after the limit")
    expect(lease.advance(to: at(49.7)), is: .tellLoss(.holdLimit))
  }

  @Test func `one without a term does not end`() {
    var lease = lease(term: nil)
    #expect(lease.nextDeadline == nil)
    expect(lease.advance(to: .distantFuture), is: nil)
    #expect(throws: Never.self) { try lease.check(at: at(1e9)) }
    let revocation = LeaseLoss.revoked(by: "an operator", reason: "")
    expect(lease.refused(revocation), is: .tellLoss(revocation))
    #expect(lease.state == .lost(revocation))
  }

  @Test func `it is given back once, and not where it was forgotten`() {
    var held = lease()
    expect(held.release(), is: true)
    expect(held.release(), is: false)
    #expect(throws: LeaseMachine.Refusal.released) { try held.check(at: at(1)) }
    held.confirmed(sent: at(1), at: at(1))
    #expect(held.state == .releasing, "a renewal under way does not bring it back")
    held.released()
    #expect(held.state == .released)
    var lost = lease()
    _ = lost.advance(to: at(3600))
    expect(lost.release(), is: true, "it may still be recorded")
    expect(lost.release(), is: false)
    var stolen = lease()
    _ = stolen.refused(.stolen(by: "b"))
    expect(stolen.release(), is: false)
  }

  @Test func `a fence is only raised`() {
    var lease = lease()
    lease.raised(to: Fence(9))
    lease.raised(to: Fence(7))
    #expect(lease.fence == Fence(9))
  }
}
