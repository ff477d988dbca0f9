public import Interlock

/// A clock whose time stands still while anyone works and jumps to the next sleeper when all wait.
///
/// It belongs to a ``SeededScheduler`` and moves only in its run. Sleepers of one instant become
/// ready together, in the order the scheduler draws.
public final class VirtualClock: MonotonicClock {
  private let sleepers = Guarded(Sleepers())

  init() {}

  /// The present virtual instant.
  public var now: Instant { sleepers.withLock { $0.now } }

  /// Waits until `deadline`; returns at once, without suspending, when it has passed.
  ///
  /// *Cancellation:* wakes the sleeper at the present instant; a sleeper whose time has come first
  /// returns normally.
  ///
  /// - Throws: `CancellationError` as soon as the calling task is cancelled.
  public func sleep(until deadline: Instant) async throws {
    try Task.checkCancellation()
    guard let ticket = sleepers.withLock({ $0.issueTicket(until: deadline) }) else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let cancelled = sleepers.withLock { $0.park(ticket, continuation) == .cancelled }
        if cancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      sleepers.withLock { $0.cancel(ticket) }?.resume(throwing: CancellationError())
    }
  }

  /// Jumps to the earliest deadline and wakes all who wait for it.
  ///
  /// - Returns: false when nobody sleeps.
  func wakeEarliest() -> Bool {
    let woken = sleepers.withLock { $0.removeEarliest() }
    for continuation in woken { continuation.resume() }
    return !woken.isEmpty
  }

  /// Wakes the earliest sleepers as if cancelled, without moving the time.
  ///
  /// - Returns: false when nobody sleeps.
  func wakeEarliestCancelled() -> Bool {
    let woken = sleepers.withLock { $0.removeEarliest(movingTime: false) }
    for continuation in woken { continuation.resume(throwing: CancellationError()) }
    return !woken.isEmpty
  }
}

/// Who sleeps until when.
///
/// A ticket is issued before the task suspends, so a cancellation that comes
/// between the two is not lost.
private struct Sleepers: ~Copyable {
  typealias Wakeup = CheckedContinuation<Void, any Error>

  struct Ticket: Comparable, Hashable {
    var deadline: Instant
    var number: Int

    static func < (left: Ticket, right: Ticket) -> Bool {
      (left.deadline, left.number) < (right.deadline, right.number)
    }
  }

  enum Parking { case parked, cancelled }

  private enum Sleeper {
    /// The ticket is issued, its task has not suspended yet.
    case arriving
    /// It was cancelled before it suspended.
    case cancelled
    case asleep(Wakeup)
  }

  private(set) var now = Instant.origin
  private var issued = 0
  private var sleepers: [Int: Sleeper] = [:]
  /// Tickets in the order of their deadlines.
  ///
  /// One whose sleeper was cancelled stays until it is due
  /// or too many of them have gathered.
  private var queue = MinimumHeap<Ticket>()

  mutating func issueTicket(until deadline: Instant) -> Ticket? {
    guard deadline > now else { return nil }
    issued += 1
    sleepers[issued] = .arriving
    return Ticket(deadline: deadline, number: issued)
  }

  mutating func park(_ ticket: Ticket, _ wakeup: Wakeup) -> Parking {
    if case .cancelled = sleepers[ticket.number] {
      sleepers[ticket.number] = nil
      return .cancelled
    }
    sleepers[ticket.number] = .asleep(wakeup)
    queue.insert(ticket)
    return .parked
  }

  /// Takes the ticket's sleeper out, or remembers the cancellation for one who has yet to park.
  mutating func cancel(_ ticket: Ticket) -> Wakeup? {
    switch sleepers[ticket.number] {
    case .arriving:
      sleepers[ticket.number] = .cancelled
      return nil
    case .asleep(let wakeup):
      sleepers[ticket.number] = nil
      if queue.count > 64, queue.count > 2 * sleepers.count {
        queue = MinimumHeap(queue.elements.filter { sleepers[$0.number] != nil })
      }
      return wakeup
    case .cancelled, nil:
      return nil
    }
  }

  mutating func removeEarliest(movingTime: Bool = true) -> [Wakeup] {
    var woken: [Wakeup] = []
    var deadline: Instant?
    while let next = queue.minimum, deadline == nil || next.deadline == deadline {
      queue.removeMinimum()
      guard case .asleep(let wakeup) = sleepers.removeValue(forKey: next.number) else { continue }
      woken.append(wakeup)
      deadline = next.deadline
    }
    if movingTime, let deadline { now = deadline }
    return woken
  }
}
