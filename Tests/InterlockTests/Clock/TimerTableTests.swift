import TestSupport
import Testing

@testable import Interlock

@Suite struct TimerTableTests {
  private func at(_ time: Int64) -> Instant { Instant(nanoseconds: time) }

  @Test func `timers come due in the order of their times, each once`() {
    var table = TimerTable()
    table.set(1, at(30))
    table.set(2, at(10))
    table.set(3, at(20))
    #expect(table.earliest == at(10))
    #expect(table.next(dueAt: at(9)) == nil)
    #expect(table.next(dueAt: at(25)) == 2)
    #expect(table.next(dueAt: at(25)) == 3)
    #expect(table.next(dueAt: at(25)) == nil)
    #expect(table.earliest == at(30))
  }

  @Test func `a timer that is set again has only its new time, and nil takes it out`() {
    var table = TimerTable()
    table.set(1, at(10))
    table.set(1, at(50))
    #expect(table.next(dueAt: at(40)) == nil)
    table.set(1, at(5))
    #expect(table.next(dueAt: at(6)) == 1)
    #expect(table.next(dueAt: at(100)) == nil)
    table.set(2, at(7))
    table.set(2, nil)
    #expect(table.earliest == nil)
  }

  @Test(.tags(.property), arguments: 0..<20 as Range<UInt64>)
  func `it agrees with a plain dictionary whatever is set`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = TimerTable()
    var model: [UInt64: Instant] = [:]
    var now: Int64 = 0
    for _ in 0..<2000 {
      let timer = UInt64.random(in: 0..<8, using: &random)
      let deadline =
        Bool.random(using: &random) ? at(now + .random(in: 0...40, using: &random)) : nil
      table.set(timer, deadline)
      model[timer] = deadline
      now += Int64.random(in: 0...3, using: &random)
      while let due = table.next(dueAt: at(now)) {
        #expect(model.removeValue(forKey: due) ?? at(.max) <= at(now), "seed \(seed)")
      }
      #expect(model.values.allSatisfy { $0 > at(now) }, "seed \(seed)")
      #expect(table.earliest == model.values.min(), "seed \(seed)")
    }
  }
}
