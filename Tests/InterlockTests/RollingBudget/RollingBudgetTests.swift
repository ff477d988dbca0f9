import Interlock
import TestSupport
import Testing

@Suite("RollingBudget", .tags(.property), .ownThread)
struct RollingBudgetTests {
  static let minute = RollingBudget.Limit(window: .seconds(60), allowance: .milliseconds(600))

  static func at(_ seconds: Double) -> Instant {
    Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
  }

  /// Sends at once for exactly the amount, if granted.
  static func send(
    _ budget: inout RollingBudget, _ amount: Duration, share: RollingBudget.Share = [],
    at now: Instant
  ) -> Bool {
    guard case .granted(let id) = budget.reserve(amount, share: share, at: now) else {
      return false
    }
    return budget.settle(id, as: .sent(start: now, end: now.advanced(by: amount)))
  }

  /// Asks, without settling what may be granted.
  static func ask(
    _ budget: inout RollingBudget, _ amount: Duration, share: RollingBudget.Share = [],
    at now: Instant
  ) -> RollingBudget.Admission {
    budget.reserve(amount, share: share, at: now)
  }

  @Test func `radio.D2 an exact fit is allowed, one microsecond more is refused`() {
    var budget = RollingBudget(limits: [Self.minute])
    #expect(Self.send(&budget, .milliseconds(400), at: Self.at(0)))
    #expect(!Self.send(&budget, .microseconds(200_001), at: Self.at(1)))
    #expect(Self.send(&budget, .milliseconds(200), at: Self.at(1)))
    #expect(budget.usage(at: Self.at(2))[0].utilization == 1)
  }

  @Test func `radio.D3 a spend that ended exactly a window ago no longer counts`() {
    for counting in [RollingBudget.Counting.overlap, .whole] {
      var budget = RollingBudget(limits: [Self.minute], counting: counting)
      #expect(Self.send(&budget, .milliseconds(600), at: Self.at(0)))
      let gone = Self.at(60.6)
      #expect(budget.usage(at: gone)[0].spent == .zero)
      let before = gone.advanced(by: .nanoseconds(-1))
      #expect(
        budget.usage(at: before)[0].spent
          == (counting == .overlap ? .nanoseconds(1) : .milliseconds(600)))
    }
  }

  @Test func `radio.D4 more than the whole allowance is never granted`() {
    var budget = RollingBudget(limits: [Self.minute])
    #expect(Self.ask(&budget, .microseconds(600_001), at: Self.at(0)) == .never)
    #expect(budget.earliest(for: .microseconds(600_001), at: Self.at(0)) == nil)
    #expect(budget.statistics.impossible == 1)
    #expect(Self.send(&budget, .milliseconds(600), at: Self.at(0)))
  }

  @Test func `radio.D5 the instant returned is the first, a microsecond earlier is refused`() {
    var budget = RollingBudget(limits: [Self.minute])
    for second in [0.0, 10, 20] {
      #expect(Self.send(&budget, .milliseconds(200), at: Self.at(second)))
    }
    // 300 ms fit when the window that ends with them begins in the middle of the second spend.
    let first = Self.at(10.1 + 60 - 0.3)
    #expect(Self.ask(&budget, .milliseconds(300), at: Self.at(21)) == .notBefore(first))
    let earlier = first.advanced(by: .microseconds(-1))
    #expect(Self.ask(&budget, .milliseconds(300), at: earlier) == .notBefore(first))
    #expect(Self.send(&budget, .milliseconds(300), at: first))
  }

  @Test func `a reservation counts in full until it is settled, and is given back whole`() {
    var budget = RollingBudget(limits: [Self.minute])
    guard case .granted(let id) = budget.reserve(.milliseconds(500), at: Self.at(0)) else {
      Issue.record("an empty budget grants")
      return
    }
    // However long it stays pending: nobody knows when it will be used.
    #expect(!Self.send(&budget, .milliseconds(101), at: Self.at(3600)))
    #expect(Self.send(&budget, .milliseconds(100), at: Self.at(3600)))
    budget.settle(id, as: .notSent)
    #expect(Self.send(&budget, .milliseconds(500), at: Self.at(3601)))
    #expect(budget.statistics.returned == 1)
  }

  @Test func `settling twice changes nothing and is counted`() {
    var budget = RollingBudget(limits: [Self.minute])
    guard case .granted(let id) = budget.reserve(.milliseconds(500), at: Self.at(0)) else {
      Issue.record("an empty budget grants")
      return
    }
    let settled = [
      budget.settle(id, as: .sent(start: Self.at(0), end: Self.at(0.5))),
      budget.settle(id, as: .notSent),
      budget.settle(id, as: .sent(start: Self.at(1), end: Self.at(1.5))),
    ]
    #expect(settled == [true, false, false])
    #expect(budget.usage(at: Self.at(2))[0].spent == .milliseconds(500))
    #expect(budget.pendingAmount == .zero)
    #expect(budget.statistics.strays == 2)
  }

  @Test func `radio.D12 of two limits both hold`() {
    let hour = RollingBudget.Limit(window: .seconds(3600), allowance: .milliseconds(900))
    var budget = RollingBudget(limits: [Self.minute, hour])
    #expect(Self.send(&budget, .milliseconds(600), at: Self.at(0)))
    #expect(
      Self.ask(&budget, .milliseconds(300), at: Self.at(1)) == .notBefore(Self.at(0.3 + 60 - 0.3)))
    #expect(Self.send(&budget, .milliseconds(300), at: Self.at(61)))
    // The minute is free again, the hour is spent.
    #expect(
      Self.ask(&budget, .milliseconds(100), at: Self.at(200))
        == .notBefore(Self.at(0.1 + 3600 - 0.1)))
  }

  @Test func `caps nest inside every limit`() {
    let flood = RollingBudget.Share(rawValue: 1)
    let advert = RollingBudget.Share(rawValue: 2)
    var budget = RollingBudget(
      limits: [Self.minute],
      caps: [
        .init(covers: [flood, advert], permille: 800), .init(covers: advert, permille: 250),
      ])
    #expect(Self.send(&budget, .milliseconds(150), share: advert, at: Self.at(0)))
    #expect(!Self.send(&budget, .milliseconds(1), share: advert, at: Self.at(1)))
    #expect(Self.send(&budget, .milliseconds(330), share: flood, at: Self.at(1)))
    #expect(!Self.send(&budget, .milliseconds(1), share: flood, at: Self.at(2)))
    #expect(Self.ask(&budget, .milliseconds(481), share: flood, at: Self.at(2)) == .never)
    #expect(Self.send(&budget, .milliseconds(120), at: Self.at(2)))
    #expect(!Self.send(&budget, .milliseconds(1), at: Self.at(3)))
    #expect(budget.usage(cap: 1, at: Self.at(3))[0].spent == .milliseconds(150))
    #expect(budget.usage(cap: 0, at: Self.at(3))[0].spent == .milliseconds(480))
  }

  @Test func `radio.D7 time that stands still, repeats or goes back harms nothing`() {
    var budget = RollingBudget(limits: [Self.minute])
    for _ in 0..<6 { #expect(Self.send(&budget, .milliseconds(100), at: Self.at(5))) }
    for second in [5.0, 5, 0, -1e9, 5] {
      #expect(!Self.send(&budget, .milliseconds(100), at: Self.at(second)))
    }
    #expect(!Self.send(&budget, .milliseconds(1), at: Instant(nanoseconds: .min)))
    #expect(Self.send(&budget, .milliseconds(600), at: Self.at(5 + 0.6 + 60)))
    _ = budget.reserve(.milliseconds(600), at: Instant(nanoseconds: .max))
    _ = budget.earliest(for: .milliseconds(600), at: Instant(nanoseconds: .max))
  }

  @Test
  func `radio.D11 an allowance lowered below what is used lets nothing through until it fits`() {
    var budget = RollingBudget(limits: [Self.minute])
    #expect(Self.send(&budget, .milliseconds(600), at: Self.at(0)))
    budget.setLimits([.init(window: .seconds(60), allowance: .milliseconds(300))])
    #expect(budget.usage(at: Self.at(1))[0].utilization == 2)
    let first = Self.at(0.6 - 0.2 + 60 - 0.1)
    #expect(Self.ask(&budget, .milliseconds(100), at: Self.at(1)) == .notBefore(first))
    #expect(!Self.send(&budget, .milliseconds(100), at: first.advanced(by: .nanoseconds(-1))))
    #expect(Self.send(&budget, .milliseconds(100), at: first))
  }

  @Test func `of two spends at the same time one is taken to come later, so that the sum may fall`()
  {
    let limit = RollingBudget.Limit(window: .seconds(60), allowance: .seconds(2))
    var budget = RollingBudget(limits: [limit])
    var oracle = WindowOracle()
    let ids = (0..<2).compactMap { _ -> RollingBudget.ReservationID? in
      guard case .granted(let id) = budget.reserve(.seconds(1), at: Self.at(10)) else { return nil }
      return id
    }
    for id in ids {
      budget.settle(id, as: .sent(start: Self.at(10), end: Self.at(11)))
      oracle.add(start: Self.at(10), end: Self.at(11))
    }
    // At 71 s both have left the window; but half a second after 69.5 s neither has.
    #expect(Self.ask(&budget, .milliseconds(1500), at: Self.at(69.5)) == .notBefore(Self.at(70)))
    #expect(Self.send(&budget, .milliseconds(1500), at: Self.at(70)))
    oracle.add(start: Self.at(70), end: Self.at(71.5))
    #expect(oracle.greatest(in: limit.window).amount == 2_000_000_000)
  }
}
