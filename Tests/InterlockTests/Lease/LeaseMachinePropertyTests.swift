import Interlock
import TestSupport
import Testing

/// A holder, and whoever grants, with a network between them that loses and delays, and clocks that do not run alike.
@Suite(.tags(.property)) struct LeaseMachinePropertyTests {
  /// One run of both, in the holder's time.
  private struct World {
    enum Event {
      case request(sent: Instant)
      case answer(sent: Instant, isGranted: Bool)
      case silence
      /// The holder looks whether it may go on, or has been stopped until now.
      case look
    }

    var random: SeededGenerator
    let term: Duration
    /// Seconds of whoever grants in one of the holder's.
    let rate: Double
    /// Of a hundred messages, those that are lost.
    let losses: Int
    var now = Instant.origin
    var lease: LeaseMachine
    /// When the grant ends where it was given.
    var end: Instant
    var events: [(at: Instant, event: Event)] = []
    var told = 0

    init(seed: UInt64, isKind: Bool = false) {
      random = SeededGenerator(seed: seed)
      term = .milliseconds(Int.random(in: 250...30_000, using: &random))
      rate = Double.random(in: 0.992...1.008, using: &random)
      losses = isKind ? 0 : Int.random(in: 1...40, using: &random)
      let granted = Instant.origin.advanced(by: term * Double.random(in: 0...0.3, using: &random))
      end = granted.advanced(by: term / rate)
      lease = LeaseMachine(
        fence: Fence(1), term: term, requested: .origin,
        chance: Double.random(in: -1...1, using: &random))
      now = granted.advanced(by: isKind ? .zero : term * Double.random(in: 0...0.3, using: &random))
      events = [(now, .look)]
    }

    private mutating func delay() -> Duration {
      let most = losses == 0 || Int.random(in: 0..<10, using: &random) > 0 ? 0.02 : 0.9
      return term * Double.random(in: 0...most, using: &random)
    }

    private mutating func isLost() -> Bool { Int.random(in: 0..<100, using: &random) < losses }

    /// Takes the next event, or lets the machine's own deadline come first.
    mutating func step() {
      let next = events.indices.min { events[$0].at < events[$1].at }
      let due = lease.nextDeadline ?? .distantFuture
      guard let next, events[next].at <= due else {
        now = max(now, due)
        return advance()
      }
      let (at, event) = events.remove(at: next)
      now = max(now, at)
      switch event {
      case .request(let sent):
        let isGranted = now < end
        if isGranted { end = now.advanced(by: term / rate) }
        if isLost() { return }
        events.append((now.advanced(by: delay()), .answer(sent: sent, isGranted: isGranted)))
      case .answer(let sent, true):
        lease.confirmed(
          sent: sent, at: now, chance: Double.random(in: -1...1, using: &random))
      case .answer(_, false): if lease.refused(.stolen(by: "another")) != nil { told += 1 }
      case .silence: lease.unanswered(at: now)
      case .look:
        // Now and then the process is stopped for a while, and knows nothing of it.
        let isStopped = losses > 0 && Int.random(in: 0..<400, using: &random) == 0
        let pause = term * Double.random(in: 0...(isStopped ? 1.2 : 0.05), using: &random)
        events.append((now.advanced(by: pause), .look))
        if isStopped { now = now.advanced(by: pause) }
      }
    }

    private mutating func advance() {
      switch lease.advance(to: now) {
      case .renew:
        let isLost = isLost()
        if !isLost { events.append((now.advanced(by: delay()), .request(sent: now))) }
        if losses > 0 { events.append((now.advanced(by: term / 20), .silence)) }
      case .tellLoss: told += 1
      case nil: break
      }
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `whoever is let go on has not lost it where it was granted`(_ seed: UInt64) {
    var world = World(seed: seed)
    for _ in 0..<2000 {
      world.step()
      let goesOn = (try? world.lease.check(at: world.now)) != nil
      #expect(!goesOn || world.now < world.end, "seed \(seed), at \(world.now)")
      #expect(
        world.lease.state != .held || world.lease.validUntil <= world.end,
        "seed \(seed), at \(world.now)")
      let isLost = if case .lost = world.lease.state { true } else { false }
      #expect(world.told == (isLost ? 1 : 0), "seed \(seed): a loss is told once")
      #expect(!goesOn || !isLost)
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `with a network that brings everything it is never in doubt`(_ seed: UInt64) {
    var world = World(seed: seed, isKind: true)
    for _ in 0..<2000 {
      world.step()
      #expect(throws: Never.self, "seed \(seed), at \(world.now)") {
        try world.lease.check(at: world.now)
      }
    }
    #expect(world.now > Instant.origin.advanced(by: world.term * 5), "time has passed")
  }

  @Test func `the worlds are of both kinds`() {
    var outcomes = (lost: 0, held: 0)
    for seed in 0..<300 as Range<UInt64> {
      var world = World(seed: seed)
      for _ in 0..<2000 { world.step() }
      if world.lease.state == .held { outcomes.held += 1 } else { outcomes.lost += 1 }
    }
    #expect(outcomes.lost >= 30 && outcomes.held >= 30, "\(outcomes)")
  }
}
