/// The tasks that wait for an outcome, between the ticket they were issued and the moment they are
/// told.
///
/// The one place where waiting is implemented. A ticket is expected before its task suspends, and
/// the outcome may come before the task has parked (kept until it does), after it (the task is
/// resumed), or twice (the first counts). The caller holds this in its guarded box and performs the
/// wake-ups it gets back after leaving the box.
package struct WaitTable<Outcome: Sendable>: Sendable {
  package typealias Continuation = CheckedContinuation<Outcome, Never>

  /// A task to resume, once, outside the lock.
  package struct Wakeup: Sendable {
    let continuation: Continuation
    let outcome: Outcome

    package func perform() { continuation.resume(returning: outcome) }
  }

  private enum Waiter: Sendable {
    /// The ticket is issued; its task has not suspended yet.
    case arriving
    case parked(Continuation)
    /// The outcome came before the task suspended.
    case concluded(Outcome)
  }

  private var waiters: [UInt64: Waiter] = [:]

  package init() {}

  /// Makes a place for a ticket's task; it must park or be forgotten.
  package mutating func expect(_ ticket: Ticket) {
    waiters[ticket.number] = .arriving
  }

  /// Takes the suspended task in; resumes it at once when its outcome is there.
  package mutating func park(_ ticket: Ticket, _ continuation: Continuation) -> Wakeup? {
    guard case .concluded(let outcome) = waiters[ticket.number] else {
      waiters[ticket.number] = .parked(continuation)
      return nil
    }
    waiters[ticket.number] = nil
    return Wakeup(continuation: continuation, outcome: outcome)
  }

  /// Settles what a ticket's task is told.
  package mutating func conclude(_ ticket: Ticket, _ outcome: Outcome) -> Wakeup? {
    switch waiters[ticket.number] {
    case .arriving:
      waiters[ticket.number] = .concluded(outcome)
      return nil
    case .parked(let continuation):
      waiters[ticket.number] = nil
      return Wakeup(continuation: continuation, outcome: outcome)
    case .concluded, nil:
      return nil
    }
  }
}
