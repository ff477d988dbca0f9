#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What one writes without a guard of ours: an actor around the value.
actor CounterActor {
  private(set) var value = 0

  func increment() { value += 1 }

  /// Holds nothing while it yields: the actor lets others in, which is what a mutex is for.
  func incrementAroundYield() async {
    let read = value
    await Task.yield()
    value = read + 1
  }
}

/// The lock of the operating system around a counter.
///
/// It may not be held over an `await`.
final class ThreadLockedCounter: @unchecked Sendable {
  // The value is touched only between lock and unlock; both live as long as the object.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private(set) var value = 0

  init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func increment() {
    pthread_mutex_lock(mutex)
    value += 1
    pthread_mutex_unlock(mutex)
  }
}
