internal import Glibc

/// A value that threads, not tasks, wait on: a mutex with a condition.
///
/// Only for threads of our own that have nothing else to do. A task never waits here: that would
/// hold one of the few threads of the cooperative pool.
@safe
final class Monitor<State>: @unchecked Sendable {
  // `state` is touched only between lock and unlock of `mutex`; both pointers live as long as the
  // monitor and are never handed out.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>

  init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs one step alone and wakes one waiting thread.
  func withLock<Result>(_ step: (inout State) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_signal(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    return step(&state)
  }

  /// Blocks the calling thread until `step` returns something.
  func wait<Result>(for step: (inout State) -> Result?) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = step(&state) { return result }
      unsafe pthread_cond_wait(changed, mutex)
    }
  }
}
