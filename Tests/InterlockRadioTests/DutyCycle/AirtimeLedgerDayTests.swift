import Interlock
import InterlockRadio
import TestSupport
import Testing

@Suite("AirtimeLedger over simulated hours", .tags(.slow), .ownThread)
struct AirtimeLedgerDayTests {
  @Test
  func `endless direct traffic uses 99 % of every hour's allowance and never more than 100 %`()
    throws
  {
    for preset in ["EU/UK narrow", "Czech Republic narrow", "EU/UK long range"] {
      let settings = try #require(RadioPreset.named(preset)).settings
      let airtime = settings.airtime(ofBytes: 50)
      let allowance = Duration.seconds(36)
      var ledger = AirtimeLedger(policy: .hourly(permille: 10), at: .origin)
      var now = Instant.origin
      var hours = [Duration](repeating: .zero, count: Schedules.isFull ? 24 : 6)
      let end = at(Double(hours.count) * 3600)
      while now < end {
        switch ledger.reserve(airtime, share: .full, at: now) {
        case .granted(let id):
          let start = now
          now = now.advanced(by: airtime)
          ledger.settle(id, as: .sent(onAir: AirInterval(start: start, end: now)), at: now)
          // Split over the turn of an hour.
          for hour in hours.indices {
            let from = max(start, at(Double(hour) * 3600))
            let to = min(now, at(Double(hour + 1) * 3600))
            hours[hour] += max(.zero, from.duration(to: to))
          }
          #expect(ledger.airtime(inLast: .seconds(3600), at: now) <= allowance)
        case .notBefore(let instant):
          #expect(instant > now, "\(preset): no progress at \(now)")
          now = instant
        case .never(let reason): Issue.record("\(reason)")
        }
      }
      for used in hours {
        #expect(used <= allowance, "\(preset)")
        #expect(used / allowance >= 0.99, "\(preset): \(used)")
      }
    }
  }

  @Test func `radio.D9 a million packets without a limit are bounded in memory and then count`() {
    let packets = Schedules.isFull ? 1_000_000 : 200_000
    var ledger = AirtimeLedger(policy: .unlimited, at: .origin)
    var random = SeededGenerator(seed: 9)
    var now = Instant.origin
    var log: [AirInterval] = []
    for _ in 0..<packets {
      now = now.advanced(by: .microseconds(Int.random(in: 0...30_000, using: &random)))
      let airtime = Duration.microseconds(Int.random(in: 1000...20_000, using: &random))
      guard case .granted(let id) = ledger.reserve(airtime, share: .full, at: now) else {
        Issue.record("unlimited grants")
        return
      }
      let start = now
      now = now.advanced(by: airtime)
      let onAir = AirInterval(start: start, end: now)
      log.append(onAir)
      ledger.settle(id, as: .sent(onAir: onAir), at: now)
    }
    #expect(ledger.budget.entryCount <= RollingBudget.maximumEntries)
    // On again: nothing of the last window is missing, and hardly anything is counted for longer.
    for minutes in [1, 10, 30, 59] {
      let window = Duration.seconds(60 * minutes)
      let from = now.advanced(by: .zero - window)
      let sent = log.reversed().prefix { $0.end > from }
        .reduce(Duration.zero) { $0 + max(from, $1.start).duration(to: $1.end) }
      let counted = ledger.airtime(inLast: window, at: now)
      #expect(counted >= sent, "\(minutes) min")
      #expect((counted - sent) / sent < 0.01, "\(minutes) min")
    }
    ledger.setPolicy(.hourly(permille: 100), at: now)
    let overdrawn = ledger.utilisation(at: now)[0].utilization
    #expect(overdrawn > 1)
    guard case .notBefore(let first) = ledger.reserve(.milliseconds(1), share: .full, at: now)
    else {
      Issue.record("the last hour is overdrawn")
      return
    }
    #expect(first > now.advanced(by: .seconds(60)))
  }

  @Test func `a policy changed at any time counts what was sent under the others`() {
    let firmware = FirmwareBudget.Settings(airtimeFactor: 9, longestAirtimeMilliseconds: 2311)
    let policies: [DutyCyclePolicy] = [
      .unlimited, .perMinute(.milliseconds(3600)), .hourly(permille: 10),
      .firmwareBudget(firmware), .hourly(permille: 100),
    ]
    for seed in UInt64(0)..<(Schedules.isFull ? 100 : 10) {
      var random = SeededGenerator(seed: seed)
      var ledger = AirtimeLedger(policy: policies[0], at: .origin)
      var now = Instant.origin
      var sent: [AirInterval] = []
      for _ in 0..<400 {
        if Int.random(in: 0..<20, using: &random) == 0 {
          let policy = policies[Int.random(in: policies.indices, using: &random)]
          ledger.setPolicy(policy, at: now)
        }
        now = now.advanced(by: .milliseconds(Int.random(in: 0...20_000, using: &random)))
        let airtime = Duration.milliseconds(Int.random(in: 50...1500, using: &random))
        guard case .granted(let id) = ledger.reserve(airtime, share: .full, at: now) else {
          continue
        }
        let start = now
        now = now.advanced(by: airtime)
        let onAir = AirInterval(start: start, end: now)
        ledger.settle(id, as: .sent(onAir: Bool.random(using: &random) ? onAir : nil), at: now)
        sent.append(onAir)
        // Whatever was in force when, a strict hour reads the truth.
        var copy = ledger
        copy.setPolicy(.hourly(permille: 10), at: now)
        let from = now.advanced(by: .seconds(-3600))
        let truth = sent.reduce(Duration.zero) { sum, interval in
          sum + max(.zero, max(from, interval.start).duration(to: interval.end))
        }
        #expect(copy.utilisation(at: now)[0].spent == truth, "seed \(seed)")
      }
    }
  }
}
