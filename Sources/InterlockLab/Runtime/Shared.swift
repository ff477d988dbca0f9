internal import CInterlockLab
internal import Synchronization

/// A value that several threads use, one at a time and for a moment.
///
/// The standard library's `Mutex` waits in a futex that the thread sanitizer does not see: it is told of each
/// acquisition and release. `Interlock` has the same in `Guarded`, which the lab does not know, and which would
/// itself be explored.
struct Shared<Value>: ~Copyable, Sendable {
  private let mutex: Mutex<Value>

  init(_ value: consuming sending Value) {
    mutex = Mutex(value)
  }

  /// Runs one step on the value, alone.
  borrowing func withLock<Result>(_ step: (inout sending Value) -> sending Result) -> sending Result
  {
    // It never moves while borrowed. The value's own address would not do: to take it is an access.
    let address = unsafe withUnsafePointer(to: mutex) { unsafe UnsafeRawPointer($0) }
    return mutex.withLock { (value: inout sending Value) -> sending Result in
      unsafe interlock_lab_acquired(address)
      defer { unsafe interlock_lab_releases(address) }
      return step(&value)
    }
  }
}
