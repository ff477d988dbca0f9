public import CInterlock
public import Synchronization

/// A value and the lock that guards it: the only way in is a short synchronous step.
///
/// It is a leaf: under it nothing is awaited, resumed, cancelled or called out to, so it may be used
/// from cancellation handlers, `deinit` and C callbacks. Steps return what is to be done, and the
/// caller does it after leaving.
///
/// The standard library's `Mutex` waits in a futex that the thread sanitizer does not see; this box
/// tells the sanitizer of each acquisition and release, so that a clean run means something.
///
/// The race explorer, in programs that have it, learns of each use and may let other tasks run after it: a
/// check in one step and the use in the next is a race although neither awaits.
///
/// *Fairness:* none promised; steps are too short for it to matter.
public struct Guarded<State: ~Copyable>: ~Copyable, Sendable {
  @usableFromInline
  let mutex: Mutex<State>

  /// Makes the box around its first value.
  @inlinable
  public init(_ state: consuming sending State) {
    mutex = Mutex(state)
  }

  /// Runs one step on the value, alone.
  ///
  /// - Returns: what the step returns.
  /// - Throws: what the step throws.
  @inlinable
  public borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ step: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    // The mutex cannot be copied, so it never leaves its place while borrowed: its address names the
    // lock. The address of the state would not do: taking it counts as an access, and the sanitizer
    // must hear of the acquisition before any access.
    let address = unsafe withUnsafePointer(to: mutex) { unsafe UnsafeRawPointer($0) }
    let isExplored = cinterlock_is_explored()
    if isExplored { unsafe interlock_lab_touch(address) }
    defer { if isExplored { interlock_lab_unlocked() } }
    return try mutex.withLock { (state: inout sending State) throws(Failure) -> sending Result in
      unsafe cinterlock_tsan_acquire(address)
      defer { unsafe cinterlock_tsan_release(address) }
      return try step(&state)
    }
  }
}
