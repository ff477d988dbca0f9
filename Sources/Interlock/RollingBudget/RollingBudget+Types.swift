extension RollingBudget {
  /// How much may be spent in every stretch of time of one length.
  public struct Limit: Sendable, Hashable {
    /// The length of the sliding window; positive, at most `longestWindow`.
    public var window: Duration
    /// The most that may lie in the window at any instant; not negative.
    public var allowance: Duration

    /// Makes a limit.
    public init(window: Duration, allowance: Duration) {
      self.window = window
      self.allowance = allowance
    }
  }

  /// The kinds of spending a reservation belongs to, which caps may limit; empty for none.
  public struct Share: OptionSet, Sendable, Hashable {
    /// One bit for each kind.
    public let rawValue: UInt8

    /// Makes a set of kinds from its bits.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }
  }

  /// A tighter limit, inside every limit, for some kinds of spending together.
  ///
  /// Caps may nest: if one covers `[a, b]` and another `[b]`, spending of kind `b` counts in both.
  public struct Cap: Sendable, Hashable {
    /// The kinds that count; a reservation counts when it has any of them.
    public var covers: Share
    /// The most they may take of each allowance, in thousandths, 0…1000.
    public var permille: Int

    /// Makes a cap.
    public init(covers: Share, permille: Int) {
      self.covers = covers
      self.permille = permille
    }
  }

  /// How a spend that reaches beyond the window counts.
  public enum Counting: Sendable, Hashable {
    /// By the part of it that lies inside the window: what duty-cycle rules ask for.
    case overlap
    /// Whole while its end lies inside the window, then not at all: how simple counters do it.
    case whole
  }

  /// Names one granted reservation; never used again.
  public struct ReservationID: Sendable, Hashable, Comparable {
    /// A number that only grows.
    public let rawValue: UInt64

    /// Whether `left` was granted first.
    public static func < (left: ReservationID, right: ReservationID) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// A reservation that has not been settled.
  public struct Reservation: Sendable, Hashable {
    /// Its name.
    public let id: ReservationID
    /// How much it may spend.
    public let amount: Duration
    /// What it counts as.
    public let share: Share
    /// When it was granted.
    public let grantedAt: Instant
    /// When it is over at the latest, if whoever asked for it knows; it decides nothing.
    public let overBy: Instant?
  }

  /// The answer to a request.
  public enum Admission: Sendable, Hashable {
    /// It fits and is debited; settle it exactly once.
    case granted(ReservationID)
    /// It does not fit yet. The instant is the first at which it will, if nothing else is granted
    /// or given back meanwhile.
    case notBefore(Instant)
    /// It is more than a whole allowance: it will never fit.
    case never
  }

  /// What became of a reservation.
  public enum Settlement: Sendable, Hashable {
    /// It was spent, in this interval.
    case sent(start: Instant, end: Instant)
    /// Nothing was spent.
    case notSent
    /// It may have been spent, at most in this interval; it counts as if it had been.
    case unknown(start: Instant, end: Instant)
  }

  /// Counts since the budget was made.
  public struct Statistics: Sendable, Hashable {
    /// Requests granted.
    public internal(set) var granted = 0
    /// Requests that did not fit when they were made.
    public internal(set) var refused = 0
    /// Requests that could never fit.
    public internal(set) var impossible = 0
    /// Reservations settled as sent.
    public internal(set) var sent = 0
    /// Reservations given back.
    public internal(set) var returned = 0
    /// Reservations settled as unknown.
    public internal(set) var unknown = 0
    /// Settlements of reservations that do not exist (any more); they changed nothing.
    public internal(set) var strays = 0
    /// Settlements that had spent more than was reserved; the real amount counts.
    public internal(set) var overruns = 0
    /// All that was ever spent, with what may have been.
    public internal(set) var spent = Duration.zero
    /// The part of `spent` that is not certain.
    public internal(set) var uncertain = Duration.zero
    /// Times the memory was full and older spends were merged.
    public internal(set) var compactions = 0
  }

  /// What one limit holds at one instant.
  public struct Usage: Sendable, Hashable {
    /// The limit.
    public var limit: Limit
    /// What was spent in the window.
    public var spent: Duration
    /// What is reserved and not settled.
    public var pending: Duration

    /// Makes a reading.
    public init(limit: Limit, spent: Duration, pending: Duration) {
      self.limit = limit
      self.spent = spent
      self.pending = pending
    }

    /// Spent and pending together: what no one else may have.
    public var used: Duration { spent + pending }

    /// What is used, as a part of the allowance; infinite when nothing is allowed and something was
    /// spent.
    public var utilization: Double {
      used == .zero ? 0 : Double(used.nanoseconds) / Double(limit.allowance.nanoseconds)
    }
  }
}
