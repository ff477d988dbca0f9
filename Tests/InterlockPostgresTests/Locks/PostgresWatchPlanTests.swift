import Interlock
import Testing

@testable import InterlockPostgres

/// Whose connections are watched, and when.
@Suite struct PostgresWatchPlanTests {
  private var plan = PostgresWatchPlan()

  private func at(_ milliseconds: Int64) -> Instant {
    Instant.origin.advanced(by: .milliseconds(milliseconds))
  }

  @Test mutating func `a holder is watched when it has been in the way for a while`() {
    plan.note("a", isFirst: true, session: 7, at: at(0))
    #expect(plan.nextDeadline == at(250))
    #expect(plan.begin(at: at(249)) { _ in true } == [])
    // Told again of the same one, it is in the way since then.
    plan.note("a", isFirst: true, session: 7, at: at(200))
    #expect(plan.begin(at: at(250)) { _ in true } == [7])
    #expect(plan.nextDeadline == nil)
    #expect(plan.begin(at: at(300)) { _ in true } == [])
    #expect(plan.isWanted(7) { _ in true })
    #expect(plan.end(7, hasDied: true, at: at(400)) == ["a"])
    #expect(!plan.isWanted(7) { _ in true })
    #expect(plan.nextDeadline == nil)
  }

  @Test mutating func `another holder is another wait, and nobody is none`() {
    plan.note("a", isFirst: true, session: 7, at: at(0))
    plan.note("a", isFirst: true, session: 8, at: at(200))
    #expect(plan.begin(at: at(250)) { _ in true } == [])
    #expect(plan.begin(at: at(450)) { _ in true } == [8])
    plan.note("b", isFirst: true, session: 9, at: at(0))
    plan.note("b", isFirst: false, session: 9, at: at(10))
    plan.note("c", isFirst: true, session: 0, at: at(0))
    #expect(plan.begin(at: at(900)) { _ in true } == [])
  }

  @Test mutating func `who has gone waits no longer, and its holder is not wanted`() {
    plan.note("a", isFirst: true, session: 7, at: at(0))
    #expect(plan.begin(at: at(250)) { _ in true } == [7])
    #expect(!plan.isWanted(7) { _ in false })
    #expect(plan.end(7, hasDied: false, at: at(300)) == [])
    #expect(plan.nextDeadline == nil)
  }

  @Test mutating func `a watch that failed is tried again, and not at once`() {
    plan.note("a", isFirst: true, session: 7, at: at(0))
    #expect(plan.begin(at: at(250)) { _ in true } == [7])
    #expect(plan.end(7, hasDied: false, at: at(300)) == [])
    #expect(plan.nextDeadline == at(550))
    #expect(plan.begin(at: at(550)) { _ in true } == [7])
  }

  @Test mutating func `no more are watched than there may be, those first who wait longest`() {
    for session in 1...6 as ClosedRange<Int64> {
      plan.note("\(session)", isFirst: true, session: session, at: at(10 - session))
    }
    #expect(plan.begin(at: at(500)) { _ in true } == [6, 5, 4, 3])
    #expect(plan.nextDeadline == nil)
    #expect(plan.end(5, hasDied: true, at: at(600)) == ["5"])
    #expect(plan.begin(at: at(600)) { _ in true } == [2])
  }
}
