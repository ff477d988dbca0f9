/// When an amount fits: the condition that the type's own description proves.
extension RollingBudget {
  /// The first instant, not before `now`, at which `amount` fits; nil if it never does.
  ///
  /// Advice only: between this and a later `reserve` someone else may be granted. It is exact, one
  /// nanosecond earlier would be refused, as long as the pending reservations stay pending. If those
  /// alone stand in the way, they are taken to have been used as soon as they were granted.
  public func earliest(for amount: Duration, share: Share = [], at now: Instant) -> Instant? {
    let present = max(latest, Self.bounded(now))
    return firstFit(max(0, amount.nanoseconds), share, present).map {
      Instant(nanoseconds: $0)
    }
  }

  /// The first instant from `now` on at which `amount` fits; nil if it never does.
  func firstFit(_ amount: Int64, _ share: Share, _ now: Int64) -> Int64? {
    guard amount <= Self.longestWindow.nanoseconds else { return nil }
    let members = accounts(share)
    var instant = now
    for limit in limits.indices {
      for account in 0..<history.accounts where members >> UInt8(account) & 1 == 1 {
        let most = allowed[limit * history.accounts + account]
        guard amount <= most else { return nil }
        let room = most - amount - reserved[account]
        // Fits wherever the past lies: the usual case, without a search.
        if history.remembered(account) <= room { continue }
        // In the proof's words: the condition holds once `now + reach − W` has passed this cut.
        let reach = counting == .overlap ? amount : 0
        let delay = windows[limit] - reach
        if room >= 0 {
          guard let cut = history.cut(leaving: room, account: account, counting: counting)
          else { continue }
          instant = max(instant, cut + delay)
        } else {
          instant = max(instant, pendingLeaves(-room, account, delay, now))
        }
      }
    }
    return instant
  }

  /// When `excess` of what is pending in one account will have left a window, if it is used as soon
  /// as it can be; always after `now`, so that nobody asks again at once.
  private func pendingLeaves(
    _ excess: Int64, _ account: Int, _ delay: Int64, _ now: Int64
  ) -> Int64 {
    let granted = pending.first?.grantedAt.nanoseconds ?? now
    let part = counting == .overlap ? excess : reserved[account]
    let used = max(granted, history.lastEnd ?? granted) + part + delay
    return used > now ? used : max(now + 1, now + part + delay)
  }

  /// The accounts that spending of that kind counts in, a bit for each.
  func accounts(_ share: Share) -> UInt8 {
    guard !share.isEmpty else { return 1 }
    var members: UInt8 = 1
    for (index, cap) in caps.enumerated() where !share.isDisjoint(with: cap.covers) {
      members |= 2 << UInt8(index)
    }
    return members
  }
}
