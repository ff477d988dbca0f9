public import CInterlock

/// The tasks that wait for an outcome, between the ticket they were issued and the moment they are
/// told.
///
/// The one place where waiting in line is implemented. A ticket is expected before its task suspends, and
/// the outcome may come before the task has parked (kept until it does), after it (the task is
/// resumed), or twice (the first counts). The caller holds this in its guarded box and performs the
/// wake-ups it gets back after leaving the box.
///
/// Continuations are resumed exactly once, which is why they may be the unchecked kind: a parked one
/// is in the table until the step that hands it out, and a wake-up is performed where it is received.
@usableFromInline
package struct WaitTable<Outcome: Sendable>: Sendable {
  @usableFromInline
  package typealias Continuation = UnsafeContinuation<Outcome, Never>

  /// A task to resume, once, outside the lock.
  @safe
  @usableFromInline
  package struct Wakeup: Sendable {
    @usableFromInline let continuation: Continuation
    @usableFromInline let outcome: Outcome

    @inlinable
    init(continuation: Continuation, outcome: Outcome) {
      unsafe self.continuation = continuation
      self.outcome = outcome
    }

    /// Resumes the task; `owner` is the guard it waits at.
    @inlinable
    package func perform(at owner: AnyObject) {
      unsafe cinterlock_tsan_release(Unmanaged.passUnretained(owner).toOpaque())
      unsafe continuation.resume(returning: outcome)
    }
  }

  @safe
  @usableFromInline
  enum Waiter: Sendable {
    /// The ticket is issued; its task has not suspended yet.
    case arriving
    case parked(Continuation)
    /// The outcome came before the task suspended.
    case concluded(Outcome)
  }

  @usableFromInline
  var waiters: [UInt64: Waiter] = [:]

  @inlinable
  package init() {}

  /// Tells the thread sanitizer that a task has been resumed at its guard.
  ///
  /// What came before `perform(at:)` came before this; the sanitizer does not see it by itself,
  /// because the runtime that carries the task over is not built with it.
  @inlinable
  package static func noteResumption(at owner: AnyObject) {
    unsafe cinterlock_tsan_acquire(Unmanaged.passUnretained(owner).toOpaque())
  }

  /// Makes a place for a ticket's task; it must park or be forgotten.
  @inlinable
  package mutating func expect(_ ticket: Ticket) {
    waiters[ticket.number] = .arriving
  }

  /// Takes the suspended task in; resumes it at once when its outcome is there.
  @inlinable
  package mutating func park(_ ticket: Ticket, _ continuation: Continuation) -> Wakeup? {
    guard case .concluded(let outcome) = waiters[ticket.number] else {
      waiters[ticket.number] = unsafe .parked(continuation)
      return nil
    }
    waiters[ticket.number] = nil
    return unsafe Wakeup(continuation: continuation, outcome: outcome)
  }

  /// Settles what a ticket's task is told.
  @inlinable
  package mutating func conclude(_ ticket: Ticket, _ outcome: Outcome) -> Wakeup? {
    switch waiters[ticket.number] {
    case .arriving:
      waiters[ticket.number] = .concluded(outcome)
      return nil
    case .parked(let continuation):
      waiters[ticket.number] = nil
      return unsafe Wakeup(continuation: continuation, outcome: outcome)
    case .concluded, nil:
      return nil
    }
  }
}
