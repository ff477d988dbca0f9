import Interlock
import Testing

@testable import InterlockRadio

@Suite("AirtimeLedgerSnapshot")
struct AirtimeLedgerSnapshotTests {
  typealias Moment = AirtimeLedgerSnapshot.Moment

  static let policy = DutyCyclePolicy.hourly(permille: 10)
  static let savedAt = Moment(instant: at(5000), wallClockNanoseconds: 1_790_000_000_000_000_000)

  /// That much later, by both clocks, after another boot.
  static func later(_ seconds: Double, boot: UInt64 = 0) -> Moment {
    Moment(
      instant: at(seconds == 0 ? 5 : 7),
      wallClockNanoseconds: savedAt.wallClockNanoseconds + Int64(seconds * 1e9), boot: boot)
  }

  /// A ledger that sent a second every minute, half of them floods, some of them adverts.
  static func busyLedger() -> AirtimeLedger {
    var ledger = AirtimeLedger(policy: policy, at: at(0))
    var minute = 0
    while minute < 83 {
      let share: AirtimeShare = [.full, .flood, .full, .advert][minute % 4]
      AirtimeLedgerTests.send(
        &ledger, .milliseconds(500), share: share, at: at(Double(minute) * 60))
      minute += 1
    }
    return ledger
  }

  @Test func `radio.D8 after a restart what was spent is still spent`() throws {
    let ledger = Self.busyLedger()
    let bytes = AirtimeLedgerSnapshot(of: ledger, at: Self.savedAt).encoded()
    for away in [0.0, 1, 59.5, 600, 3599, 3600, 1e6] {
      let moment = Self.later(away)
      let (restored, outcome) = AirtimeLedger.restoring(
        policy: Self.policy, from: bytes, at: moment)
      #expect(!outcome.isWarning, "\(outcome)")
      let then = Self.savedAt.instant.advanced(by: .seconds(away))
      for share in AirtimeShare.allCases {
        #expect(
          restored.utilisation(share: share, at: moment.instant)
            == ledger.utilisation(share: share, at: then), "\(share) after \(away) s")
      }
    }
  }

  @Test func `radio.D8 a transmission in flight at the save counts after the restart`() {
    var ledger = AirtimeLedger(policy: Self.policy, at: at(4000))
    _ = ledger.reserve(.seconds(20), share: .flood, at: at(4999))
    let bytes = AirtimeLedgerSnapshot(of: ledger, at: Self.savedAt).encoded()
    let (restored, _) = AirtimeLedger.restoring(
      policy: Self.policy, from: bytes, at: Self.later(0))
    #expect(restored.utilisation(share: .flood, at: at(5))[0].spent == .seconds(20))
    #expect(restored.utilisation(share: .advert, at: at(5))[0].spent == .zero)
  }

  @Test func `radio.D8 a transmission in flight at the save counts until it is over at the latest`()
  {
    for (overBy, end) in [(at(5040), at(45)), (at(4999), at(5)), (nil, at(25))] {
      var ledger = AirtimeLedger(policy: Self.policy, at: at(4000))
      _ = ledger.reserve(.seconds(20), share: .flood, overBy: overBy, at: at(4999))
      let bytes = AirtimeLedgerSnapshot(of: ledger, at: Self.savedAt).encoded()
      let (restored, _) = AirtimeLedger.restoring(
        policy: Self.policy, from: bytes, at: Self.later(0))
      for window in [1, 10, 20, 3600] {
        let counted = restored.airtime(inLast: .seconds(window), at: end)
        #expect(counted == .seconds(min(window, 20)), "\(window) s")
      }
    }
  }

  @Test func `radio.D8 what is in flight when the clock goes back is not over before it can be`() {
    var ledger = AirtimeLedger(policy: Self.policy, at: at(4000))
    _ = ledger.reserve(.seconds(20), share: .flood, overBy: at(5040), at: at(4999))
    let bytes = AirtimeLedgerSnapshot(of: ledger, at: Self.savedAt).encoded()
    let (restored, outcome) = AirtimeLedger.restoring(
      policy: Self.policy, from: bytes, at: Self.later(-60))
    #expect(outcome.isWarning)
    let end = Self.later(-60).instant.advanced(by: .seconds(40))
    #expect(restored.airtime(inLast: .seconds(20), at: end) == .seconds(20))
  }

  @Test func `what no window in force can see is saved by the minute, and counts no less`() {
    var ledger = AirtimeLedger(policy: Self.policy, at: at(0))
    let hours = 8
    for second in stride(from: 0, to: 3600 * hours, by: 5) {
      AirtimeLedgerTests.send(&ledger, .milliseconds(20), share: .flood, at: at(Double(second)))
    }
    let now = Moment(instant: at(Double(3600 * hours)), wallClockNanoseconds: 0, boot: 1)
    let snapshot = AirtimeLedgerSnapshot(of: ledger, at: now)
    #expect((720 + 60 * (hours - 1)...722 + 60 * hours).contains(snapshot.count))
    let (restored, _) = AirtimeLedger.restoring(
      policy: Self.policy, from: snapshot.encoded(), at: now)
    for minutes in 1...60 * hours + 1 {
      let window = Duration.seconds(60 * minutes)
      let (was, counted) = (
        ledger.airtime(inLast: window, at: now.instant),
        restored.airtime(inLast: window, at: now.instant)
      )
      #expect(counted >= was && counted <= was + .milliseconds(240), "\(minutes) min")
      #expect(minutes > 60 || counted == was, "\(minutes) min")
    }
  }

  @Test func `radio.D8 if the wall clock went back all saved airtime counts as just used`() {
    let bytes = AirtimeLedgerSnapshot(of: Self.busyLedger(), at: Self.savedAt).encoded()
    for back in [0.001, 3600, 86_400] {
      let moment = Self.later(-back)
      let (restored, outcome) = AirtimeLedger.restoring(
        policy: Self.policy, from: bytes, at: moment)
      #expect(outcome.isWarning)
      #expect(
        outcome == .clockWentBack(by: .nanoseconds(Int64((back * 1e9).rounded())), count: 59))
      // Half a second a minute, none of which leaves the window for almost an hour.
      #expect(restored.airtime(inLast: .seconds(3600), at: moment.instant) == .milliseconds(29_500))
      #expect(
        restored.airtime(inLast: .milliseconds(29_500), at: moment.instant)
          == .milliseconds(29_500))
      let soon = moment.instant.advanced(by: .seconds(3569))
      #expect(restored.airtime(inLast: .seconds(3600), at: soon) == .milliseconds(29_500))
    }
  }

  @Test func `what is too much to save one by one is merged, never dropped`() {
    let spends = (0..<10).map { number in
      AirtimeLedgerSnapshot.Spend(
        age: Int64(100 - number), amounts: [Int64(number), Int64(number), 0])
    }
    let merged = AirtimeLedgerSnapshot.merged(spends, into: 7)
    #expect(merged.count == 7)
    #expect(merged[0] == .init(age: 97, amounts: [0 + 1 + 2 + 3, 6, 0]))
    #expect(merged.dropFirst() == spends.dropFirst(4))
    #expect(AirtimeLedgerSnapshot.merged(spends, into: 10) == spends)
  }

  @Test func `radio.D8 a damaged or truncated file starts as if every allowance were just spent`() {
    let bytes = AirtimeLedgerSnapshot(of: Self.busyLedger(), at: Self.savedAt).encoded()
    var damaged: [[UInt8]] = (0..<bytes.count).map { Array(bytes.prefix($0)) }
    for index in bytes.indices {
      var copy = bytes
      copy[index] ^= 1 << UInt8(index % 8)
      damaged.append(copy)
    }
    damaged += [bytes + [0], Array(repeating: 0xFF, count: 100), Array("ILAL".utf8)]
    for bytes in damaged {
      let moment = Self.later(60)
      let (ledger, outcome) = AirtimeLedger.restoring(
        policy: Self.policy, from: bytes, at: moment)
      guard case .unreadable = outcome, outcome.isWarning else {
        Issue.record("\(bytes.count) bytes were taken for a ledger: \(outcome)")
        continue
      }
      #expect(ledger.utilisation(at: moment.instant)[0].utilization == 1)
      #expect(
        ledger.advice(.milliseconds(1), share: .full, at: moment.instant.advanced(by: .seconds(3)))
          != .fits)
    }
  }

  @Test func `radio.D8 contents that contradict themselves are refused though the check fits`() {
    func sealed(_ spends: [AirtimeLedgerSnapshot.Spend]) -> [UInt8] {
      AirtimeLedgerSnapshot(savedAt: Self.savedAt, spends: spends).encoded()
    }
    let moreAdvertThanFlood = sealed([.init(age: 5, amounts: [10, 3, 4])])
    let moreFloodThanAll = sealed([.init(age: 5, amounts: [10, 11, 0])])
    for bytes in [moreAdvertThanFlood, moreFloodThanAll] {
      #expect(throws: AirtimeLedgerSnapshotError.inconsistent) {
        try AirtimeLedgerSnapshot(decoding: bytes)
      }
    }
    var newer = sealed([])
    newer[4] = 2
    newer.removeLast(4)
    let check = AirtimeLedgerSnapshot.checksum(newer[...])
    newer += (0..<4).map { UInt8(truncatingIfNeeded: check >> ($0 * 8)) }
    #expect(throws: AirtimeLedgerSnapshotError.unknownVersion) {
      try AirtimeLedgerSnapshot(decoding: newer)
    }
  }

  @Test func `radio.D6 jumps of the wall clock do not matter within one boot of the machine`() {
    let ledger = Self.busyLedger()
    var saved = Self.savedAt
    saved.boot = 7
    let bytes = AirtimeLedgerSnapshot(of: ledger, at: saved).encoded()
    let then = saved.instant.advanced(by: .seconds(90))
    for jump in [0, 3600, -3600, 86_400, -86_400, 1_000_000_000] {
      let moment = Moment(
        instant: then,
        wallClockNanoseconds: saved.wallClockNanoseconds + Int64(jump) * 1_000_000_000, boot: 7)
      let (restored, outcome) = AirtimeLedger.restoring(
        policy: Self.policy, from: bytes, at: moment)
      #expect(outcome == .restored(count: restored.budget.entryCount))
      #expect(restored.utilisation(at: then) == ledger.utilisation(at: then), "\(jump) s")
    }
  }

  @Test func `a first start has nothing to take over and says so without a warning`() {
    let (ledger, outcome) = AirtimeLedger.restoring(
      policy: Self.policy, from: nil, at: Self.later(0))
    #expect(outcome == .fresh)
    #expect(!outcome.isWarning)
    #expect(ledger.utilisation(at: at(5))[0].spent == .zero)
  }

  @Test func `the firmware's budget does not start full after a restart`() {
    let settings = FirmwareBudget.Settings(airtimeFactor: 9, longestAirtimeMilliseconds: 2311)
    let policy = DutyCyclePolicy.firmwareBudget(settings)
    var ledger = AirtimeLedger(policy: policy, at: at(4000))
    for second in 0..<100 {
      AirtimeLedgerTests.send(&ledger, .seconds(1), at: at(4000 + 10 * Double(second)))
    }
    let bytes = AirtimeLedgerSnapshot(of: ledger, at: Self.savedAt).encoded()
    let (restored, _) = AirtimeLedger.restoring(policy: policy, from: bytes, at: Self.later(0))
    #expect(restored.utilisation(at: at(5))[0].spent == .seconds(100))
    let (damaged, _) = AirtimeLedger.restoring(policy: policy, from: [], at: Self.later(0))
    #expect(damaged.utilisation(at: at(5))[0].utilization == 1)
  }

  @Test func `the encoding is small and comes back as it was`() throws {
    let snapshot = AirtimeLedgerSnapshot(of: Self.busyLedger(), at: Self.savedAt)
    let bytes = snapshot.encoded()
    #expect(try AirtimeLedgerSnapshot(decoding: bytes) == snapshot)
    #expect(bytes.count < 33 + 8 + 20 * snapshot.count)
    #expect(AirtimeLedgerSnapshot.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
  }
}
