internal import Glibc
internal import Interlock

/// Doing nothing, on a thread of one's own.
package enum Pause {
  /// Blocks the calling thread for so long; a signal may end it early.
  package static func hold(_ duration: Duration) {
    let nanoseconds = max(0, duration.nanoseconds)
    var time = timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    unsafe nanosleep(&time, nil)
  }
}
