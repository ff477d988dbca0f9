import Interlock
import TestSupport
import Testing

@Suite("RollingBudget over a simulated day", .tags(.slow), .ownThread)
struct RollingBudgetDayTests {
  /// A hundred in the full run, a few otherwise.
  static let seeds: Range<UInt64> = Schedules.isFull ? 0..<100 : 0..<5

  @Test(arguments: BudgetTraffic.Pattern.allCases)
  func `radio.D1 no window ever holds more than its allowance, whatever the traffic`(
    _ pattern: BudgetTraffic.Pattern
  ) {
    for seed in Self.seeds {
      var traffic = BudgetTraffic(pattern: pattern, seed: seed)
      traffic.liveADay()
      for limit in traffic.limits {
        let whole = traffic.oracle.greatest(in: limit.window)
        #expect(
          whole.amount <= limit.allowance.nanoseconds,
          "seed \(seed), \(pattern), \(limit): \(whole.amount) ns at \(whole.at)")
        for cap in BudgetTraffic.caps {
          let part = traffic.oracle.greatest(in: limit.window, covers: cap.covers)
          #expect(
            part.amount <= limit.allowance.nanoseconds * Int64(cap.permille) / 1000,
            "seed \(seed), \(pattern), \(limit), \(cap): \(part.amount) ns at \(part.at)")
        }
      }
      #expect(traffic.inexact.isEmpty, "seed \(seed), \(pattern): \(traffic.inexact.prefix(3))")
      #expect(traffic.oracle.spends.count > 50, "seed \(seed), \(pattern): too little traffic")
    }
  }

  @Test func `radio.D1 the oracle finds a maximum that a sample of instants confirms`() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<50 {
      var oracle = WindowOracle()
      var time: Int64 = 0
      for _ in 0..<30 {
        time += .random(in: 0...40, using: &random)
        let end = time + .random(in: 1...20, using: &random)
        oracle.add(start: Instant(nanoseconds: time), end: Instant(nanoseconds: end))
        time = end
      }
      let every = (0...(time + 120)).map { oracle.amount(from: $0 - 100, to: $0) }
      #expect(oracle.greatest(in: .nanoseconds(100)).amount == every.max())
    }
  }
}
