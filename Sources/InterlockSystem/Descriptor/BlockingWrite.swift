internal import Glibc

/// Writing that may hold its thread.
enum BlockingWrite {
  /// Writes all of `bytes`, waiting for a slow reader.
  ///
  /// - Returns: how many were written; fewer than all when the rest cannot be, as on a full disk or
  ///   with nobody left who reads.
  static func write(_ bytes: [UInt8], to raw: CInt) -> Int {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(raw, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count > 0 {
        written += count
      } else if count < 0 && errno == EAGAIN {
        // Shared with a program that made it non-blocking.
        var wanted = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&wanted, 1, -1)
      } else if count == 0 || errno != EINTR {
        break
      }
    }
    return written
  }
}
