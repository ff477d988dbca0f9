import Interlock

/// A transmitter that lives a simulated day on a budget, and remembers what it really sent.
struct BudgetTraffic {
  enum Pattern: CaseIterable {
    /// Something every few seconds.
    case steady
    /// Dozens at once, then silence.
    case bursts
    /// Always something to send, at the first instant it fits.
    case saturating
    /// At, just before and just after the edges of windows, with amounts that just fit.
    case edges
    /// Everything at once: late starts, failures, unknowns, several reservations, restarts.
    case mixed
  }

  static let flood = RollingBudget.Share(rawValue: 1)
  static let advert = RollingBudget.Share(rawValue: 2)
  static let caps: [RollingBudget.Cap] = [
    .init(covers: [flood, advert], permille: 800), .init(covers: advert, permille: 250),
  ]
  static let day: Int64 = 24 * 3600 * 1_000_000_000
  static let policies: [[RollingBudget.Limit]] = [
    [.init(window: .seconds(3600), allowance: .seconds(36))],
    [.init(window: .seconds(60), allowance: .milliseconds(3600))],
    [
      .init(window: .seconds(60), allowance: .milliseconds(2500)),
      .init(window: .seconds(3600), allowance: .seconds(36)),
    ],
    [.init(window: .seconds(20), allowance: .milliseconds(2400))],
    [.init(window: .seconds(10), allowance: .seconds(9))],
  ]

  let pattern: Pattern
  let limits: [RollingBudget.Limit]
  private(set) var budget: RollingBudget
  private(set) var oracle = WindowOracle()
  /// Refusals whose instant turned out not to be the first.
  private(set) var inexact: [String] = []
  private(set) var requests = 0

  private var random: SeededGenerator
  private var now: Int64 = 0
  private var waiting: [RollingBudget.Reservation] = []

  init(pattern: Pattern, seed: UInt64) {
    self.pattern = pattern
    random = SeededGenerator(seed: seed)
    limits = Self.policies[Int(seed % UInt64(Self.policies.count))]
    budget = RollingBudget(limits: limits, caps: Self.caps)
  }

  mutating func liveADay() {
    while now < Self.day {
      switch pattern {
      case .steady:
        request(amount())
        now += .random(in: 1_000_000...9_000_000_000, using: &random)
      case .bursts:
        for _ in 0..<Int.random(in: 5...60, using: &random) { request(amount()) }
        now += .random(in: 0...900_000_000_000, using: &random)
      case .saturating:
        requestAtOnce(amount())
      case .edges:
        edge()
      case .mixed:
        mixed()
      }
    }
    flush()
  }

  // MARK: Patterns

  private func least() -> Int64 { limits.map(\.allowance.nanoseconds).min() ?? 0 }

  private mutating func amount() -> Int64 {
    Int64.random(in: 10_000_000...min(1_700_000_000, least() / 2), using: &random)
  }

  private mutating func pick<Option>(_ options: [Option]) -> Option {
    options[Int.random(in: options.indices, using: &random)]
  }

  private mutating func share() -> RollingBudget.Share {
    pick([[], [], [], Self.flood, Self.flood, Self.advert])
  }

  /// Sends as soon as it fits; the rest of the window is spent waiting.
  private mutating func requestAtOnce(_ amount: Int64) {
    if let instant = request(amount, share: []) {
      now = instant
      _ = request(amount, share: [])
    }
  }

  private mutating func edge() {
    let wanted = pick([least(), least() / 3, least() / 7, amount()])
    guard let instant = request(wanted) else { return }
    now = max(now, instant + .random(in: -2...2, using: &random))
    request(wanted + .random(in: -2...2, using: &random))
    now = max(now, instant)
    request(wanted)
  }

  private mutating func mixed() {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: restart()
    case 1..<8:
      if waiting.count < 4 { reserve(amount()) }
    default:
      transmitNext()
      now += .random(in: 0...12_000_000_000, using: &random)
    }
  }

  // MARK: Steps

  /// Asks and, if granted, sends at once and in full.
  ///
  /// - Returns: The instant to come back at, if it does not fit.
  @discardableResult
  private mutating func request(
    _ amount: Int64, share: RollingBudget.Share? = nil
  ) -> Int64? {
    let share = share ?? self.share()
    requests += 1
    let instant = Instant(nanoseconds: now)
    switch budget.reserve(.nanoseconds(amount), share: share, at: instant) {
    case .granted(let id):
      let end = Instant(nanoseconds: now + amount)
      budget.settle(id, as: .sent(start: instant, end: end))
      oracle.add(start: instant, end: end, share: share)
      now += amount
      return nil
    case .notBefore(let first):
      if requests % 16 == 0 { check(first, amount, share) }
      return first.nanoseconds
    case .never:
      return nil
    }
  }

  /// D5: at the promised instant it fits, a nanosecond earlier it does not; and the oracle agrees
  /// that a nanosecond earlier would have been too much.
  private mutating func check(_ first: Instant, _ amount: Int64, _ share: RollingBudget.Share) {
    let earlier = first.advanced(byNanoseconds: -1)
    let fits = budget.earliest(for: .nanoseconds(amount), share: share, at: first) == first
    let refused = budget.earliest(for: .nanoseconds(amount), share: share, at: earlier) == first
    if !fits || !refused { inexact.append("\(amount) ns at \(now), promised \(first)") }
    guard share.isEmpty else { return }
    let tooMuch = limits.contains { limit in
      let end = earlier.nanoseconds + amount
      let before = oracle.amount(from: end - limit.window.nanoseconds, to: earlier.nanoseconds)
      return before + amount > limit.allowance.nanoseconds
    }
    if !tooMuch { inexact.append("\(amount) ns at \(now) would have fitted before \(first)") }
  }

  private mutating func reserve(_ amount: Int64) {
    requests += 1
    let share = share()
    // Somebody may ask with a reading of the clock that is no longer fresh.
    let stale: Int64 = pick([0, 0, 0, 1, 2_000_000_000])
    guard
      case .granted(let id) = budget.reserve(
        .nanoseconds(amount), share: share, at: Instant(nanoseconds: now - stale)),
      let reservation = budget.reservation(id)
    else { return }
    waiting.append(reservation)
  }

  /// Uses one of the reservations, any one, after any delay, and settles it in any way.
  private mutating func transmitNext() {
    guard let index = waiting.indices.randomElement(using: &random) else { return }
    let reservation = waiting.remove(at: index)
    now = max(now, reservation.grantedAt.nanoseconds)
    now += pick([0, 0, 1, 200_000_000, 4_000_000_000])
    let start = Instant(nanoseconds: now)
    let whole = reservation.amount.nanoseconds
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      budget.settle(reservation.id, as: .notSent)
    case 1:
      // Nobody knows; it was not on the air, or was for a part, or in full.
      let part = pick([0, whole / 2, whole])
      oracle.add(
        start: start, end: start.advanced(byNanoseconds: part), share: reservation.share)
      now += whole + .random(in: 0...1_500_000_000, using: &random)
      let end = Instant(nanoseconds: now)
      budget.settle(
        reservation.id, as: .unknown(start: end.advanced(byNanoseconds: -whole), end: end))
    case 2:
      // Shorter than was thought.
      let end = start.advanced(byNanoseconds: whole * 3 / 4)
      oracle.add(start: start, end: end, share: reservation.share)
      budget.settle(reservation.id, as: .sent(start: start, end: end))
      now = end.nanoseconds
    default:
      let end = start.advanced(byNanoseconds: whole)
      oracle.add(start: start, end: end, share: reservation.share)
      budget.settle(reservation.id, as: .sent(start: start, end: end))
      // Two radios on one allowance may be on the air together.
      if waiting.isEmpty || Bool.random(using: &random) { now = end.nanoseconds }
    }
  }

  private mutating func flush() {
    while !waiting.isEmpty { transmitNext() }
  }

  /// A new budget that is told what the old one remembers; what was pending may have been sent.
  private mutating func restart() {
    var next = RollingBudget(limits: limits, caps: Self.caps)
    budget.forEachSpend(mergingThrough: .origin, within: .zero) { end, amounts in
      next.restoreSpend(end: end, amounts: amounts.map { .nanoseconds($0) })
    }
    for reservation in waiting {
      let amount = reservation.amount
      let start = Instant(nanoseconds: now)
      oracle.add(start: start, end: start.advanced(by: amount), share: reservation.share)
      now += amount.nanoseconds
      next.restoreSpend(
        end: Instant(nanoseconds: now),
        amounts: [
          amount, reservation.share.isEmpty ? .zero : amount,
          reservation.share.contains(Self.advert) ? amount : .zero,
        ])
    }
    waiting = []
    budget = next
  }
}
