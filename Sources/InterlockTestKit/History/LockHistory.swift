public import Interlock

/// What happened to one exclusive lock, as those who used it wrote it down; and whether that may be.
///
/// Pure: times come with the events, on one clock. An event that is logged after what it tells, or before, is taken with
/// the doubt in favour of the lock, so that what is found is certain.
public struct LockHistory: Sendable {
  /// One request, and what became of it.
  public struct Turn: Sendable, Hashable {
    /// The process.
    public var process: Int
    /// Which of its requests.
    public var request: Int
    /// Before it was asked for.
    public var waiting: Instant?
    /// When its place in line was taken; nil when nobody told.
    public var queued: Instant?
    /// When its holder knew that it has the lock; nil when it never had.
    public var entered: Instant?
    /// Before it was given back; nil when it never was.
    public var left: Instant?
    /// When its holder noticed that it was lost.
    public var lost: Instant?
    /// Whether it was told that it does not get the lock.
    public var hasFailed = false
    /// The fence of the grant.
    public var fence: Fence?
    /// Until when its holder could prove it at last; nil when it does not end by time.
    public var provedUntil: Instant?
    /// When it may have been ended by others: somebody was about to take it away, or to end its process.
    public var interrupted: Instant?

    /// From when on nobody claims that it is held; nil while it is.
    public var end: Instant? {
      [left, lost, provedUntil, interrupted].compactMap { $0 }.min()
    }

    /// Whether it claims nothing: its holder learned of the grant when it could no longer prove it.
    var isVoid: Bool {
      guard let entered, let end else { return false }
      return end <= entered
    }

    /// From asking to having; nil when it never was asked for, or had.
    public var wait: Duration? {
      guard let waiting, let entered else { return nil }
      return waiting.duration(to: entered)
    }
  }

  /// One write to the guarded thing.
  private struct Write: Sendable {
    var process: Int
    var asked: Instant
    var answered: Instant
    var fence: Fence
  }

  private struct Key: Hashable {
    var process: Int
    var request: Int
  }

  /// The requests, in the order they first appear in.
  public private(set) var turns: [Turn] = []
  private var places: [Key: Int] = [:]
  private var accepted: [Write] = []
  private var ends: [Int: Instant] = [:]
  private var revocations: [(process: Int, instant: Instant)] = []
  /// How many writes were taken.
  public private(set) var acceptedCount = 0
  /// How many writes were refused.
  public private(set) var refusedCount = 0

  /// Nothing happened yet.
  public init() {}

  /// Takes lines of ``LockEventRecord``; what is none is left out, such as a last one that was torn.
  public mutating func read(_ text: some StringProtocol) {
    for line in text.split(separator: "\n") {
      if let event = LockEventRecord(String(line)) { add(event) }
    }
  }

  /// Takes an event; those of one process come in their order.
  public mutating func add(_ event: LockEventRecord) {
    switch event.kind {
    case .ended:
      ends[event.process] = event.instant
    case .revoking: revocations.append((event.process, event.instant))
    case .accepted:
      acceptedCount += 1
      guard let fence = event.fence else { return }
      accepted.append(
        Write(
          process: event.process, asked: event.other ?? event.instant, answered: event.instant,
          fence: fence))
    case .refused: refusedCount += 1
    case .waiting: change(event) { $0.waiting = event.instant }
    case .queued: change(event) { $0.queued = event.instant }
    case .entered:
      change(event) {
        $0.entered = event.instant
        $0.fence = event.fence
      }
    case .proved: change(event) { $0.provedUntil = event.other }
    case .left: change(event) { $0.left = event.instant }
    case .lost: change(event) { $0.lost = event.instant }
    case .failed: change(event) { $0.hasFailed = true }
    }
  }

  private mutating func change(_ event: LockEventRecord, _ step: (inout Turn) -> Void) {
    let key = Key(process: event.process, request: event.request)
    let place = places[key] ?? turns.count
    if place == turns.count {
      places[key] = place
      turns.append(Turn(process: event.process, request: event.request))
    }
    step(&turns[place])
  }

  /// From when on a grant may have been ended by others, as far as that was told.
  private func interruption(of turn: Turn) -> Instant? {
    guard let entered = turn.entered else { return nil }
    // A grant that came between the decision to end its process and that end was ended all the same.
    let end = ends[turn.process].map { max($0, entered) }
    let revocation = revocations.filter { $0.process != turn.process && $0.instant >= entered }
      .map(\.instant).min()
    return [end, revocation].compactMap { $0 }.min()
  }

  // MARK: What it tells

  /// The requests that got the lock, in the order they did.
  public var grants: [Turn] {
    turns.filter { $0.entered != nil }
      .map { turn in
        var turn = turn
        turn.interrupted = interruption(of: turn)
        return turn
      }
      .sorted { ($0.entered ?? .origin) < ($1.entered ?? .origin) }
  }

  /// The longest time from asking to having.
  public var longestWait: Duration? { turns.compactMap(\.wait).max() }

  /// What cannot be; empty when all is well.
  ///
  /// - Parameter slack: So much later another has asked that it must not come first, where it was not told when the first
  ///   had its place in line; nil when the order is not looked at.
  /// - Returns: the faults.
  public func faults(slack: Duration? = nil) -> [LockFault] {
    // Who learns of a grant after its end, as one may that stood still, has it from when on it does not know.
    let grants = grants.filter { !$0.isVoid }
    return overlaps(grants) + fences(grants) + staleWrites
      + (slack.map { overtakers(grants, $0) } ?? []) + forgotten
  }

  private func overlaps(_ grants: [Turn]) -> [LockFault] {
    var faults: [LockFault] = []
    // The one of those before that held it longest.
    var former: Turn?
    for grant in grants {
      guard let entered = grant.entered else { continue }
      if let former, entered < former.end ?? .distantFuture {
        faults.append(.overlap(former, grant, by: former.end.map { entered.duration(to: $0) }))
      }
      let isLonger = (grant.end ?? .distantFuture) >= (former?.end ?? .distantFuture)
      if former == nil || isLonger { former = grant }
    }
    return faults
  }

  private func fences(_ grants: [Turn]) -> [LockFault] {
    zip(grants, grants.dropFirst()).compactMap { first, second in
      guard let former = first.fence, let fence = second.fence, fence <= former else { return nil }
      return .fenceOrder(first, second)
    }
  }

  private var staleWrites: [LockFault] {
    var faults: [LockFault] = []
    for write in accepted {
      let newer = accepted.first { $0.fence > write.fence && $0.answered < write.asked }
      if let newer {
        faults.append(
          .staleWrite(process: write.process, fence: write.fence, after: newer.fence))
      }
    }
    return faults
  }

  private func overtakers(_ grants: [Turn], _ slack: Duration) -> [LockFault] {
    var faults: [LockFault] = []
    // From the last grant back: whoever had its place before another asked comes first.
    var earliest: (Turn, place: Instant)?
    for grant in grants.reversed() {
      guard let asked = grant.waiting else { continue }
      if let (other, place) = earliest, place < asked {
        faults.append(.overtaken(other, by: grant))
      }
      let place = grant.queued ?? asked.advanced(by: slack)
      if place < earliest?.place ?? .distantFuture { earliest = (grant, place) }
    }
    return faults
  }

  private var forgotten: [LockFault] {
    turns.filter { turn in
      turn.entered == nil && turn.lost == nil && !turn.hasFailed && ends[turn.process] == nil
    }.map { .forgotten($0) }
  }
}
