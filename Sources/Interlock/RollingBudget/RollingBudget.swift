/// An allowance over sliding windows of time, checked and debited in one step.
///
/// It promises that at every instant `t`, for every limit, what was spent in `(t − window, t]` is at
/// most the allowance, however requests come and however long each spend takes to begin. It is a
/// plain value: it reads no clock and waits for nothing; the caller asks, acts on the answer, and
/// settles.
///
/// ```swift
/// switch budget.reserve(.milliseconds(412), at: clock.now) {
/// case .granted(let id): …                         // use it, then settle `id` exactly once
/// case .notBefore(let instant): …                  // the first instant at which it fits
/// case .never: …                                   // more than a whole allowance
/// }
/// ```
///
/// **What counts.** A settled spend counts by its overlap with the window: one that ended exactly a
/// window ago no longer counts, one microsecond of it that is still inside does. A reservation counts
/// in full in every window until it is settled, because nothing is known of when it will be used.
///
/// **Why a grant is safe.** Let `G(c)` be what was spent after the cut `c`, `P` the sum of the pending
/// reservations, and let a request for `a` be granted at `now` if for every limit
/// `G(now + a − W) + P + a ≤ A`. Take any instant `t ≥ now` and any way in which the pending ones and
/// this one may yet be used: each somewhere after its grant, each for at most its amount. What lies in
/// `(t − W, t]` is at most
///
///     U(t) = G(t − W) + P + min(a, t − now)
///
/// since this spend cannot have begun before `now`. Up to `now + a` the last term grows by one
/// nanosecond a nanosecond while `G` falls by at most as much, because spends in the history never
/// overlap each other; so `U` does not fall. After `now + a` only `G` changes, and it falls. The
/// maximum over all `t` is therefore `U(now + a)`: the condition. Before `now` nothing changes. A late
/// start (listening before talking, after the grant) is one of the ways covered, and so is any order
/// in which several pending reservations are used, even at the same time. Settling replaces "any way"
/// by the one that happened; giving back removes a term. So the promise holds after every step if it
/// held before it. With `.whole` counting the promise is the simpler one of that model: at each grant
/// and settlement, the sum of entries stamped within the last window is within the allowance.
///
/// The bound is tight: it is reached when the spend begins at once, so no weaker condition would do.
///
/// **Time.** Instants come from a monotonic clock. An instant earlier than one already seen is taken
/// as that one; standing still is harmless. Wall-clock time plays no part.
///
/// **Memory.** At most `maximumEntries` spends are remembered. Beyond that the older ones are merged
/// with their neighbours, in a way that never counts less than the truth at any instant.
///
/// *Complexity:* `reserve`, `earliest` and `usage` are O(log n) for each limit and cap; `settle` is
/// O(1), amortised.
public struct RollingBudget: Sendable {
  /// The most spends remembered one by one.
  public static let maximumEntries = 65_536
  /// The most reservations unsettled at once; one more request is told to come back.
  public static let maximumPending = 64
  /// The longest window, and the longest amount that can be asked for: a year.
  public static let longestWindow = Duration.seconds(366 * 86_400)

  /// The limits in force, all of which hold.
  public private(set) var limits: [Limit]
  /// The caps in force within each limit.
  public private(set) var caps: [Cap]
  /// How a spend at the edge of a window counts.
  public private(set) var counting: Counting
  /// How long spends are remembered, if no window is longer.
  public let retention: Duration
  /// Counts since the budget was made.
  public var statistics: Statistics {
    var copy = tally
    copy.compactions = history.compactions
    return copy
  }

  /// Nanoseconds allowed: for each limit, one figure for each account (the whole, then each cap).
  private(set) var allowed: [Int64] = []
  private(set) var windows: [Int64] = []
  /// How far back anything can still matter.
  private var horizon: Int64 = 0
  private(set) var history: SpendHistory
  private(set) var pending: [Reservation] = []
  /// Sums of the pending reservations, by account.
  private(set) var reserved: [Int64]
  private(set) var latest = Int64.min
  private var nextID: UInt64 = 1
  private var tally = Statistics()

  /// Makes a budget from which nothing was spent.
  ///
  /// - Parameters:
  ///   - limits: All must hold. Without any, everything is granted and still counted.
  ///   - caps: Tighter limits for kinds of spending; at most seven.
  ///   - counting: How a spend at the edge of a window counts.
  ///   - retention: How long spends are remembered at least. Limits set later count only what is
  ///     remembered, so give the longest window that may ever be set.
  public init(
    limits: [Limit], caps: [Cap] = [], counting: Counting = .overlap,
    retention: Duration = .zero
  ) {
    self.init(
      limits: limits, caps: caps, counting: counting, retention: retention,
      maximumEntries: Self.maximumEntries)
  }

  /// The same with another bound, so that tests reach it quickly.
  package init(
    limits: [Limit], caps: [Cap], counting: Counting, retention: Duration, maximumEntries: Int
  ) {
    precondition(caps.count <= 7, "a budget has at most seven caps, not \(caps.count)")
    self.limits = limits
    self.caps = caps
    self.counting = counting
    self.retention = retention
    history = SpendHistory(accounts: caps.count + 1, capacity: maximumEntries)
    reserved = Array(repeating: 0, count: caps.count + 1)
    derive()
  }

  /// Puts other limits in force, from now on.
  ///
  /// Nothing already spent or reserved is forgotten. If it is more than a new allowance, nothing is
  /// granted until it fits again.
  ///
  /// - Parameters:
  ///   - limits: All must hold from now on.
  ///   - capPermille: New fractions for the caps, in their order; what they cover stays.
  ///   - counting: Another way of counting; nil leaves it.
  public mutating func setLimits(
    _ limits: [Limit], capPermille: [Int]? = nil, counting: Counting? = nil
  ) {
    self.limits = limits
    if let capPermille {
      precondition(capPermille.count == caps.count, "one fraction for each of \(caps.count) caps")
      for (index, permille) in capPermille.enumerated() { caps[index].permille = permille }
    }
    if let counting, counting != self.counting {
      self.counting = counting
      if counting == .overlap { history.separate() }
    }
    derive()
  }

  /// Debits `amount` if it fits now, and says when it will if it does not.
  ///
  /// A grant must be settled exactly once.
  ///
  /// - Parameters:
  ///   - amount: How long it will take at most; a negative amount is taken as zero.
  ///   - share: What it counts as.
  ///   - overBy: When its use will be over at the latest, if that is known; it is only remembered.
  ///   - now: The present instant.
  /// - Returns: The grant, or when it fits, or that it never does.
  public mutating func reserve(
    _ amount: Duration, share: Share = [], overBy: Instant? = nil, at now: Instant
  ) -> Admission {
    advance(to: now)
    let wanted = max(0, amount.nanoseconds)
    guard let instant = firstFit(wanted, share, latest) else {
      tally.impossible += 1
      return .never
    }
    guard instant <= latest else {
      tally.refused += 1
      return .notBefore(Instant(nanoseconds: instant))
    }
    guard pending.count < Self.maximumPending else {
      tally.refused += 1
      return .notBefore(Instant(nanoseconds: latest + max(1, wanted)))
    }
    let id = ReservationID(rawValue: nextID)
    nextID += 1
    pending.append(
      Reservation(
        id: id, amount: .nanoseconds(wanted), share: share,
        grantedAt: Instant(nanoseconds: latest), overBy: overBy))
    adjustReserved(share, by: wanted)
    tally.granted += 1
    return .granted(id)
  }

  /// Ends a reservation: what was spent stays debited, what was not is given back.
  ///
  /// Settling one that does not exist, or a second time, changes nothing and is counted: clean-up
  /// paths may meet, and an allowance must not suffer from it.
  ///
  /// A spend is taken to have begun after its grant and after the spend before it. One that says
  /// otherwise is moved later, never earlier.
  ///
  /// - Returns: Whether there was such a reservation.
  @discardableResult
  public mutating func settle(_ id: ReservationID, as outcome: Settlement) -> Bool {
    guard let index = pending.firstIndex(where: { $0.id == id }) else {
      tally.strays += 1
      return false
    }
    let reservation = pending.remove(at: index)
    adjustReserved(reservation.share, by: -reservation.amount.nanoseconds)
    switch outcome {
    case .notSent:
      tally.returned += 1
    case .sent(let start, let end):
      tally.sent += 1
      record(reservation, from: start, to: end)
    case .unknown(let start, let end):
      tally.unknown += 1
      tally.uncertain += record(reservation, from: start, to: end)
    }
    return true
  }
}

// MARK: - Carrying spends across a restart

extension RollingBudget {
  /// Visits every remembered spend, oldest first: its end, and its amount as a whole and under each
  /// cap, in nanoseconds.
  ///
  /// Of those that ended at `cut` or before, all that ended within `grain` are one, which ended when
  /// the last of them did: it counts for longer, never for less.
  package func forEachSpend(
    mergingThrough cut: Instant, within grain: Duration,
    _ body: (_ end: Instant, _ amounts: [Int64]) -> Void
  ) {
    history.forEach(mergingThrough: Self.bounded(cut), within: grain.nanoseconds) { end, amounts in
      body(Instant(nanoseconds: end), amounts)
    }
  }

  /// The reservations not settled yet.
  package var pendingReservations: [Reservation] { pending }

  /// Adds a spend known from elsewhere, after all others: its amount as a whole and under each cap.
  package mutating func restoreSpend(end: Instant, amounts: [Duration]) {
    precondition(amounts.count == history.accounts, "one amount for each account")
    history.append(end: Self.bounded(end), apart: counting == .overlap) {
      max(0, amounts[$0].nanoseconds)
    }
  }
}

// MARK: - Private detail

extension RollingBudget {
  private mutating func adjustReserved(_ share: Share, by amount: Int64) {
    let members = accounts(share)
    for account in reserved.indices where members >> UInt8(account) & 1 == 1 {
      reserved[account] += amount
    }
  }

  @discardableResult
  private mutating func record(
    _ reservation: Reservation, from start: Instant, to end: Instant
  ) -> Duration {
    let amount = min(
      max(0, start.nanoseconds(to: end)), Self.longestWindow.nanoseconds)
    if amount > reservation.amount.nanoseconds { tally.overruns += 1 }
    let first = reservation.grantedAt.nanoseconds + (counting == .overlap ? amount : 0)
    let members = accounts(reservation.share)
    history.append(end: max(Self.bounded(end), first), apart: counting == .overlap) {
      members >> UInt8($0) & 1 == 1 ? amount : 0
    }
    tally.spent += .nanoseconds(amount)
    return .nanoseconds(amount)
  }

  private mutating func advance(to now: Instant) {
    latest = max(latest, Self.bounded(now))
    history.forget(through: latest - horizon)
  }

  private mutating func derive() {
    windows = limits.map { limit in
      precondition(
        limit.window > .zero && limit.window <= Self.longestWindow,
        "a window lasts more than nothing and at most a year, not \(limit.window)")
      precondition(limit.allowance >= .zero, "an allowance is not negative: \(limit.allowance)")
      return limit.window.nanoseconds
    }
    allowed = limits.flatMap { limit in
      let whole = min(limit.allowance, Self.longestWindow).nanoseconds
      return [whole]
        + caps.map { cap in
          precondition((0...1000).contains(cap.permille), "a cap is 0…1000 ‰, not \(cap.permille)")
          // Split to keep clear of overflow; rounded down, so that a cap is never exceeded.
          return whole / 1000 * Int64(cap.permille) + whole % 1000 * Int64(cap.permille) / 1000
        }
    }
    horizon = max(retention.nanoseconds, windows.max() ?? 0)
  }

  /// Instants are kept inside ±146 years, so that no sum with them can overflow.
  static func bounded(_ instant: Instant) -> Int64 {
    min(max(instant.nanoseconds, -(1 << 62)), 1 << 62)
  }
}
