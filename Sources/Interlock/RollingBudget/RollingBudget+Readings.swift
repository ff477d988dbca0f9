/// What a budget holds, for those who show it.
extension RollingBudget {
  /// What each limit holds at `now`, in the order of `limits`.
  ///
  /// With a cap, by position: only what it covers, against its part of each allowance.
  public func usage(cap: Int? = nil, at now: Instant) -> [Usage] {
    let present = max(latest, Self.bounded(now))
    let account = cap.map { $0 + 1 } ?? 0
    return limits.indices.map { index in
      Usage(
        limit: Limit(
          window: limits[index].window,
          allowance: .nanoseconds(allowed[index * history.accounts + account])),
        spent: .nanoseconds(
          history.spent(after: present - windows[index], account: account, counting: counting)),
        pending: .nanoseconds(reserved[account]))
    }
  }

  /// What was spent in the last `window`, limited or not, in nanoseconds exactly.
  public func spent(in window: Duration, at now: Instant) -> Duration {
    let present = max(latest, Self.bounded(now))
    return .nanoseconds(
      history.spent(after: present - window.nanoseconds, account: 0, counting: counting))
  }

  /// When the oldest spend that still counts in the last `window` stops counting; nil if none does.
  public func oldestLeaves(window: Duration, at now: Instant) -> Instant? {
    let cut = max(latest, Self.bounded(now)) - window.nanoseconds
    return history.firstEnd(after: cut).map {
      Instant(nanoseconds: $0 + window.nanoseconds)
    }
  }

  /// The reservation of that name, while it is pending.
  public func reservation(_ id: ReservationID) -> Reservation? {
    pending.first { $0.id == id }
  }

  /// How many spends are remembered one by one; at most `maximumEntries`.
  public var entryCount: Int { history.count }

  /// The latest instant seen so far.
  package var latestInstant: Instant { Instant(nanoseconds: latest) }

  /// What is reserved and not settled.
  public var pendingAmount: Duration { .nanoseconds(reserved[0]) }
}
