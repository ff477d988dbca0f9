import Interlock
import InterlockRadio
import Testing

@Suite("AirtimeLedger")
struct AirtimeLedgerTests {
  static let error = ModemError(.refused, "as the test wants it")

  /// A minute with 500 ms in it and no shares.
  static let minute: DutyCyclePolicy = {
    var policy = DutyCyclePolicy.windows(
      [.init(window: .seconds(60), allowance: .milliseconds(500))], name: "minute")
    policy.floodPermille = 1000
    policy.advertPermille = 1000
    return policy
  }()

  /// Asks and, if granted, sends at once.
  @discardableResult
  static func send(
    _ ledger: inout AirtimeLedger, _ airtime: Duration, share: AirtimeShare = .full,
    at now: Instant
  ) -> AirtimeAdmission {
    let answer = ledger.reserve(airtime, share: share, at: now)
    if case .granted(let id) = answer {
      let end = now.advanced(by: airtime)
      ledger.settle(id, as: .sent(onAir: AirInterval(start: now, end: end)), at: end)
    }
    return answer
  }

  static func sends(
    _ ledger: inout AirtimeLedger, _ airtime: Duration, share: AirtimeShare = .full,
    at now: Instant
  ) -> Bool {
    if case .granted = send(&ledger, airtime, share: share, at: now) { true } else { false }
  }

  @Test func `radio.D4 a packet larger than the allowance is refused for good, at once`() {
    var ledger = AirtimeLedger(policy: Self.minute, at: at(0))
    #expect(
      Self.send(&ledger, .milliseconds(501), at: at(0)) == .never(.exceedsWindow))
    #expect(
      ledger.advice(.milliseconds(501), share: .full, at: at(0)) == .never(.exceedsWindow))
    #expect("\(AirtimeRefusal.exceedsWindow)" == "exceeds_window")
    // More than its share is as hopeless as more than the whole.
    var policy = Self.minute
    policy.floodPermille = 800
    ledger.setPolicy(policy, at: at(0))
    #expect(
      Self.send(&ledger, .milliseconds(401), share: .flood, at: at(0)) == .never(.exceedsWindow))
    #expect(Self.sends(&ledger, .milliseconds(401), at: at(0)))
  }

  @Test func `a frame longer than a single transmission may be is refused with dwell`() throws {
    let narrow = try #require(RadioPreset.named("USA/Canada")).settings
    let airtime = narrow.airtime(ofBytes: 186)
    #expect(airtime == .microseconds(643_584))
    var ledger = AirtimeLedger(policy: try FCCRule.hopping.policy(for: narrow), at: at(0))
    #expect(Self.send(&ledger, airtime, at: at(0)) == .never(.dwell))
    #expect(ledger.advice(airtime, share: .full, at: at(0)) == .never(.dwell))
    #expect(Self.sends(&ledger, .milliseconds(400), at: at(0)))
    #expect(Self.send(&ledger, .milliseconds(400), at: at(1)) == .notBefore(at(20)))
  }

  @Test(arguments: [
    AirtimeLedgerTests.minute, .perMinute(.milliseconds(500)), .hourly(permille: 10),
  ])
  func `radio.D5 the instant returned is the first at which the same packet is allowed`(
    _ policy: DutyCyclePolicy
  ) {
    var ledger = AirtimeLedger(policy: policy, at: at(0))
    var time = 0.0
    var first: Instant?
    while first == nil, time < 3000 {
      switch Self.send(&ledger, .milliseconds(111), at: at(time)) {
      case .granted: time += 0.5
      case .notBefore(let instant): first = instant
      case .never: Issue.record("111 ms fit in every one of these")
      }
    }
    guard let first else {
      Issue.record("nothing was refused in \(time) s")
      return
    }
    #expect(ledger.advice(.milliseconds(111), share: .full, at: at(time)) == .notBefore(first))
    let earlier = first.advanced(by: .microseconds(-1))
    #expect(ledger.advice(.milliseconds(111), share: .full, at: earlier) == .notBefore(first))
    #expect(Self.send(&ledger, .milliseconds(111), at: earlier) == .notBefore(first))
    #expect(ledger.advice(.milliseconds(111), share: .full, at: first) == .fits)
    #expect(Self.sends(&ledger, .milliseconds(111), at: first))
  }

  @Test(arguments: [
    AirtimeLedgerTests.minute, .perMinute(), .unlimited,
    .firmwareBudget(.init(airtimeFactor: 9, longestAirtimeMilliseconds: 2311)),
  ])
  func `radio.D7 a clock that stands still or repeats a value refills nothing`(
    _ policy: DutyCyclePolicy
  ) {
    var ledger = AirtimeLedger(policy: policy, at: at(100))
    for _ in 0..<4 { #expect(Self.sends(&ledger, .milliseconds(100), at: at(100))) }
    let used = ledger.utilisation(at: at(100))
    for second in [100.0, 100, 99, -5, 100] {
      _ = ledger.advice(.milliseconds(100), share: .full, at: at(second))
      _ = ledger.utilisation(at: at(second))
    }
    #expect(ledger.utilisation(at: at(100)) == used)
    #expect(ledger.totals.sent == .milliseconds(400))
  }

  @Test func `radio.D10 only what was sent, or may have been, is debited`() {
    var random = SeededGenerator(seed: 10)
    for debits in [true, false] {
      var policy = DutyCyclePolicy.hourly(permille: 100)
      policy.debitsUnknown = debits
      var ledger = AirtimeLedger(policy: policy, at: at(0))
      var log = (sent: Duration.zero, unknown: Duration.zero, returned: 0)
      var now = at(0)
      for _ in 0..<500 {
        let airtime = Duration.microseconds(Int.random(in: 20_000...900_000, using: &random))
        guard case .granted(let id) = ledger.reserve(airtime, share: .full, at: now) else {
          Issue.record("500 packets of less than a second fit in six minutes an hour")
          return
        }
        let start = now
        now = now.advanced(by: airtime)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          ledger.settle(id, as: .notSent(Self.error), at: now)
          log.returned += 1
        case 1:
          now = now.advanced(by: .seconds(1))
          ledger.settle(id, as: .unknown(Self.error), at: now)
          log.unknown += airtime
        case 2:
          // Measured, and a little shorter than computed.
          let end = now.advanced(by: .microseconds(-300))
          ledger.settle(id, as: .sent(onAir: AirInterval(start: start, end: end)), at: now)
          log.sent += airtime - .microseconds(300)
        default:
          ledger.settle(id, as: .sent(onAir: nil), at: now)
          log.sent += airtime
        }
        let settledAgain = ledger.settle(id, as: .sent(onAir: nil), at: now)
        #expect(!settledAgain)
      }
      #expect(ledger.totals.sent == log.sent)
      #expect(ledger.totals.unknown == log.unknown)
      #expect(ledger.totals.notSentCount == log.returned)
      #expect(
        ledger.airtime(inLast: .seconds(3600), at: now)
          == log.sent + (debits ? log.unknown : .zero))
    }
  }

  @Test(arguments: [false, true])
  func `what a modem may still send leaves the window after it may have`(countsFirst: Bool) {
    let windows = DutyCyclePolicy.windows(
      [.init(window: .seconds(10), allowance: .seconds(1))], name: "ten seconds")
    let counter = DutyCyclePolicy.perMinute(.seconds(1), window: .seconds(10))
    var ledger = AirtimeLedger(policy: countsFirst ? counter : windows, at: at(0))
    guard case .granted(let id) = ledger.reserve(.seconds(1), share: .full, at: at(0)) else {
      Issue.record("a second fits")
      return
    }
    // The link is lost at 0.1 s; the board waits for the channel and sends from 3 to 4 s.
    ledger.settle(id, as: .unknown(Self.error, quietBy: at(4)), at: at(0.1))
    ledger.setPolicy(windows, at: at(1))
    #expect(ledger.advice(.seconds(1), share: .full, at: at(1)) == .notBefore(at(13)))
  }

  @Test func `nothing counts as having begun before its grant, whatever the way of counting`() {
    let windows = DutyCyclePolicy.windows(
      [.init(window: .seconds(10), allowance: .seconds(1))], name: "ten seconds")
    var ledger = AirtimeLedger(policy: .perMinute(.seconds(1), window: .seconds(10)), at: at(0))
    guard case .granted(let id) = ledger.reserve(.seconds(1), share: .full, at: at(0)) else {
      Issue.record("a second fits")
      return
    }
    ledger.settle(id, as: .unknown(Self.error), at: at(0.1))
    ledger.setPolicy(windows, at: at(1))
    #expect(ledger.advice(.seconds(1), share: .full, at: at(1)) == .notBefore(at(10)))
  }

  @Test func `a longer window set later knows what was sent before`() {
    func policy(hours: Int) -> DutyCyclePolicy {
      .windows(
        [.init(window: .seconds(hours * 3600), allowance: .seconds(36))], name: "\(hours) hours")
    }
    var ledger = AirtimeLedger(policy: policy(hours: 1), at: at(0))
    #expect(Self.sends(&ledger, .seconds(36), at: at(0)))
    // It is forgotten by the window of an hour, and by nothing else.
    let later = at(24 * 3600 - 1)
    #expect(ledger.advice(.seconds(36), share: .full, at: later) == .fits)
    if case .granted(let id) = ledger.reserve(.zero, share: .full, at: later) {
      ledger.settle(id, as: .notSent(Self.error), at: later)
    }
    ledger.setPolicy(policy(hours: 24), at: later)
    #expect(ledger.advice(.seconds(36), share: .full, at: later) == .notBefore(at(24 * 3600)))
  }

  @Test func `radio.D11 only a lowered allowance may read above a hundred percent`() {
    var ledger = AirtimeLedger(policy: Self.minute, at: at(0))
    #expect(Self.sends(&ledger, .milliseconds(500), at: at(0)))
    #expect(ledger.utilisation(at: at(1))[0].utilization == 1)
    var lower = Self.minute
    lower.model = .windows([.init(window: .seconds(60), allowance: .milliseconds(200))])
    ledger.setPolicy(lower, at: at(1))
    #expect(ledger.utilisation(at: at(1))[0].utilization == 2.5)
    #expect(Self.send(&ledger, .milliseconds(100), at: at(2)) == .notBefore(at(60.3)))
    #expect(Self.sends(&ledger, .milliseconds(100), at: at(60.3)))
    #expect(ledger.utilisation(at: at(60.4))[0].utilization == 1)
  }

  @Test func `radio.D12 a minute and an hour both hold`() {
    var policy = DutyCyclePolicy.windows(
      [
        .init(window: .seconds(60), allowance: .milliseconds(500)),
        .init(window: .seconds(3600), allowance: .seconds(6)),
      ], name: "both")
    policy.floodPermille = 1000
    var ledger = AirtimeLedger(policy: policy, at: at(0))
    var sent = Duration.zero
    var now = at(0)
    while now < at(3600) {
      switch Self.send(&ledger, .milliseconds(100), at: now) {
      case .granted:
        sent += .milliseconds(100)
        now = now.advanced(by: .milliseconds(100))
        #expect(ledger.airtime(inLast: .seconds(60), at: now) <= .milliseconds(500))
      case .notBefore(let instant): now = instant
      case .never: Issue.record("100 ms fit")
      }
    }
    #expect(sent == .seconds(6))
  }

  @Test func `floods leave a fifth to direct packets, and adverts are floods`() {
    var ledger = AirtimeLedger(policy: .hourly(permille: 10), at: at(0))
    func fill(_ share: AirtimeShare, from start: Double) -> Int {
      var count = 0
      while Self.sends(&ledger, .milliseconds(100), share: share, at: at(start + Double(count))) {
        count += 1
      }
      return count
    }
    #expect(fill(.advert, from: 0) == 90)
    #expect(fill(.flood, from: 500) == 198)
    #expect(fill(.full, from: 1000) == 72)
    #expect(ledger.utilisation(share: .advert, at: at(1100))[0].utilization == 1)
    #expect(ledger.utilisation(share: .flood, at: at(1100))[0].utilization == 1)
    #expect(ledger.utilisation(at: at(1100))[0].utilization == 1)
  }

  @Test func `a transmission without a measured time is taken to have ended when it was settled`() {
    var ledger = AirtimeLedger(policy: Self.minute, at: at(0))
    guard case .granted(let id) = ledger.reserve(.milliseconds(500), share: .full, at: at(0))
    else {
      Issue.record("an empty ledger grants")
      return
    }
    // Listening held it up for three seconds.
    ledger.settle(id, as: .sent(onAir: nil), at: at(3.5))
    #expect(Self.send(&ledger, .milliseconds(500), at: at(4)) == .notBefore(at(63)))
  }

  @Test func `a modem that measures nonsense is believed no further than the clock allows`() {
    var ledger = AirtimeLedger(policy: Self.minute, at: at(0))
    guard case .granted(let id) = ledger.reserve(.milliseconds(100), share: .full, at: at(0))
    else {
      Issue.record("an empty ledger grants")
      return
    }
    let absurd = AirInterval(start: at(0), end: at(1e6))
    ledger.settle(id, as: .sent(onAir: absurd), at: at(0.2))
    #expect(ledger.totals.sent == .milliseconds(200))
    #expect(ledger.utilisation(at: at(60.2))[0].spent == .zero)
  }

  @Test func `received airtime is counted beside what was sent`() {
    var ledger = AirtimeLedger(policy: .unlimited, at: at(0))
    for _ in 0..<3 { ledger.recordReception(.milliseconds(443)) }
    #expect(ledger.totals.received == .milliseconds(1329))
    #expect(ledger.totals.receivedCount == 3)
    #expect(ledger.utilisation(at: at(0)).isEmpty)
  }
}
