internal import Glibc

extension FileLock {
  /// Takes the lock, waiting for it for a while; blocks its thread.
  ///
  /// For locks that are held for moments: whoever waits asks again every millisecond, so the order is not kept, and
  /// a holder that was stopped costs `patience` and no more.
  ///
  /// - Parameters:
  ///   - path: The lock's own file.
  ///   - patience: How long.
  /// - Throws: `SystemError`, with `isTaken` when somebody else has it all that time.
  /// - Returns: the lock, which is held.
  package static func take(
    _ path: String, within patience: Duration
  ) throws(SystemError) -> FileLock {
    var left = patience.components.seconds * 1000
    while true {
      do throws(SystemError) {
        return try FileLock(path)
      } catch {
        guard error.isTaken, left > 0 else { throw error }
        left -= 1
        var pause = timespec(tv_sec: 0, tv_nsec: 1_000_000)
        // A signal shortens one pause.
        _ = unsafe nanosleep(&pause, nil)
      }
    }
  }
}
