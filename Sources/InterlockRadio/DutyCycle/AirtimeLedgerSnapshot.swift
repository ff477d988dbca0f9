public import Interlock

/// What a ledger remembers, as it is kept over a restart.
///
/// It is saved every minute at most and when the program ends, so that a restart grants no fresh
/// allowance. The codec is pure: bytes in and out; the wall clock's reading is an argument. The clock
/// is used for one thing only, to tell how long the program was away, and never believed when it
/// contradicts itself.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | `ILAL` |
/// | 4 | 1 | version, 1 |
/// | 5 | 8 | wall clock when saved, nanoseconds since 1970, little-endian |
/// | 13 | 8 | monotonic clock when saved, nanoseconds, little-endian |
/// | 21 | 8 | which boot of the machine the monotonic clock belongs to; 0 if not known |
/// | 29 | | number of spends, then each, oldest first, as variable-length integers |
/// | end − 4 | 4 | CRC-32 of everything before, little-endian |
///
/// A spend is four integers in nanoseconds: from the end of the one before to its end (the first one
/// counts back from the save; see `encoded`), its airtime, and how much of that counts as flood and as
/// advert.
public struct AirtimeLedgerSnapshot: Sendable, Hashable {
  /// A moment, as the machine's clocks show it.
  public struct Moment: Sendable, Hashable {
    /// The monotonic clock.
    public var instant: Instant
    /// The wall clock, in nanoseconds since the start of 1970 UTC.
    public var wallClockNanoseconds: Int64
    /// Something that is the same until the machine boots again, then different; 0 if not known.
    ///
    /// Within one boot the monotonic clock alone tells how long the program was away, and jumps of
    /// the wall clock do no harm at all.
    public var boot: UInt64

    /// Makes a moment.
    public init(instant: Instant, wallClockNanoseconds: Int64, boot: UInt64 = 0) {
      self.instant = instant
      self.wallClockNanoseconds = wallClockNanoseconds
      self.boot = boot
    }
  }

  /// One remembered transmission.
  struct Spend: Sendable, Hashable {
    /// How long before the save it ended; negative if it was taken to end later.
    var age: Int64
    /// Airtime as a whole, as flood, as advert, in nanoseconds.
    var amounts: [Int64]
  }

  /// When it was taken.
  public let savedAt: Moment
  /// Oldest first.
  let spends: [Spend]

  /// How finely what no window in force can see is kept.
  private static let grain = Duration.seconds(60)

  /// How many transmissions it holds, merged ones counted as one.
  public var count: Int { spends.count }

  /// Takes what a ledger remembers at a moment.
  ///
  /// Transmissions that are granted and not settled are taken as made, and as ended as late as they
  /// can: whether and when they were will not be known after a crash. What is older than the longest
  /// window in force is merged by the minute, so that little has to be written.
  public init(of ledger: AirtimeLedger, at moment: Moment) {
    let now = moment.instant.nanoseconds
    let inForce = moment.instant.advanced(byNanoseconds: -ledger.longestWindowInForce.nanoseconds)
    var spends: [Spend] = []
    ledger.budget.forEachSpend(mergingThrough: inForce, within: Self.grain) { end, amounts in
      let age = now - end.nanoseconds
      guard age < ledger.remembered else { return }
      spends.append(Spend(age: age, amounts: amounts))
    }
    for reservation in ledger.budget.pendingReservations {
      let amount = reservation.amount.nanoseconds
      let share = reservation.share
      let end = reservation.overBy?.nanoseconds ?? now + amount
      spends.append(
        Spend(
          age: min(0, now - end),
          amounts: [
            amount, share.isEmpty ? 0 : amount, share.contains(.advert) ? amount : 0,
          ]))
    }
    self.spends = Self.merged(spends, into: RollingBudget.maximumEntries)
    savedAt = moment
  }

  /// As many spends at most, the oldest taken as one that ended when the latest of them did: that
  /// counts it longer, never less.
  static func merged(_ spends: [Spend], into most: Int) -> [Spend] {
    guard spends.count > most else { return spends }
    let oldest = spends.prefix(spends.count - most + 1)
    var merged = Spend(age: oldest.last?.age ?? 0, amounts: [0, 0, 0])
    for spend in oldest {
      for account in merged.amounts.indices { merged.amounts[account] += spend.amounts[account] }
    }
    return [merged] + spends.suffix(most - 1)
  }

  init(savedAt: Moment, spends: [Spend]) {
    self.savedAt = savedAt
    self.spends = spends
  }
}

/// How much of the past a ledger could take over, and what it did about the rest.
public enum AirtimeRestoration: Sendable, Hashable, CustomStringConvertible {
  /// There was nothing to take over: a first start.
  case fresh
  /// So many transmissions are still remembered.
  case restored(count: Int)
  /// The wall clock shows an earlier time than when the file was saved, so how long ago the saved
  /// transmissions were is not known: all count as just made.
  case clockWentBack(by: Duration, count: Int)
  /// The file cannot be read, so what was sent is not known: every allowance counts as just spent.
  case unreadable(AirtimeLedgerSnapshotError)

  /// Whether an operator should be told.
  public var isWarning: Bool {
    switch self {
    case .fresh, .restored: false
    case .clockWentBack, .unreadable: true
    }
  }

  /// What happened and what was done, for the log.
  public var description: String {
    switch self {
    case .fresh:
      "no saved airtime; starting with every allowance unspent"
    case .restored(let count):
      "took over \(count) transmissions from before the restart"
    case .clockWentBack(let duration, let count):
      "the wall clock is \(duration) behind the saved airtime ledger; "
        + "its \(count) transmissions count as just made"
    case .unreadable(let error):
      "the saved airtime ledger is unreadable (\(error)); every allowance counts as just spent"
    }
  }
}

extension AirtimeLedger {
  /// Makes a ledger that goes on where a saved one stopped.
  ///
  /// Transmissions that have left every window are forgotten. Where the past is not known, the start is
  /// conservative: see `AirtimeRestoration`.
  ///
  /// - Parameters:
  ///   - policy: The rule in force now, whatever it was then.
  ///   - saved: The saved bytes; nil if there never were any.
  ///   - moment: The present.
  /// - Returns: The ledger, and what it was made from.
  public static func restoring(
    policy: DutyCyclePolicy, from saved: [UInt8]?, at moment: AirtimeLedgerSnapshot.Moment
  ) -> (ledger: AirtimeLedger, outcome: AirtimeRestoration) {
    var ledger = AirtimeLedger(policy: policy, at: moment.instant)
    let outcome = ledger.takeOver(saved, at: moment)
    ledger.finishRestoring(at: moment.instant)
    return (ledger, outcome)
  }

  private mutating func takeOver(
    _ saved: [UInt8]?, at moment: AirtimeLedgerSnapshot.Moment
  ) -> AirtimeRestoration {
    guard let saved else { return .fresh }
    let snapshot: AirtimeLedgerSnapshot
    do {
      snapshot = try AirtimeLedgerSnapshot(decoding: saved)
    } catch {
      spendEverything(at: moment.instant)
      return .unreadable(error)
    }
    guard let away = snapshot.savedAt.elapsed(until: moment) else {
      // What had left every window by then stays that old, at least.
      let window = longestWindowInForce.nanoseconds
      let recent = snapshot.spends.drop { $0.age >= window }
      for spend in snapshot.spends.prefix(snapshot.count - recent.count) {
        restore(
          end: moment.instant.advanced(byNanoseconds: -spend.age),
          amounts: spend.amounts.map { .nanoseconds($0) })
      }
      // The rest is placed one after the other up to now, or to when the last one may be over: no
      // later is possible.
      var later = recent.reduce(min(0, recent.last?.age ?? 0)) { $0 + $1.amounts[0] }
      for spend in recent {
        later -= spend.amounts[0]
        restore(
          end: moment.instant.advanced(byNanoseconds: -later),
          amounts: spend.amounts.map { .nanoseconds($0) })
      }
      let back = snapshot.savedAt.wallClockNanoseconds - moment.wallClockNanoseconds
      return .clockWentBack(by: .nanoseconds(back), count: recent.count)
    }
    var count = 0
    for spend in snapshot.spends {
      let (age, overflow) = spend.age.addingReportingOverflow(away)
      guard !overflow, age < remembered else { continue }
      restore(
        end: moment.instant.advanced(byNanoseconds: -age),
        amounts: spend.amounts.map { .nanoseconds($0) })
      count += 1
    }
    return .restored(count: count)
  }

  /// The longest window that counts now, an hour at least.
  fileprivate var longestWindowInForce: Duration {
    var longest = policy.limits.map(\.window).reduce(.seconds(3600), max)
    if case .firmwareBudget(let settings) = policy.model { longest = max(longest, settings.window) }
    return longest
  }

  /// How far back a transmission can still matter, in nanoseconds.
  fileprivate var remembered: Int64 {
    Self.retention.nanoseconds
  }

  /// Takes the largest allowance as spent just now, which fills every smaller one too, and each
  /// share's part of it.
  private mutating func spendEverything(at now: Instant) {
    var most = policy.limits.map(\.allowance).max() ?? .zero
    if case .firmwareBudget(let settings) = policy.model {
      most = .milliseconds(settings.capacityMilliseconds)
    }
    guard most > .zero else { return }
    restore(end: now, amounts: [most, most, most])
  }
}

extension AirtimeLedgerSnapshot.Moment {
  /// Nanoseconds from this moment to a later one; nil if the clocks contradict themselves.
  func elapsed(until later: AirtimeLedgerSnapshot.Moment) -> Int64? {
    if boot != 0, boot == later.boot {
      let elapsed = instant.nanoseconds(to: later.instant)
      if elapsed >= 0 { return elapsed }
    }
    let (elapsed, overflow) = later.wallClockNanoseconds
      .subtractingReportingOverflow(wallClockNanoseconds)
    return overflow || elapsed < 0 ? nil : elapsed
  }
}
