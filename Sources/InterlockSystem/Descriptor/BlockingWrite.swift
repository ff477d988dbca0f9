internal import Glibc

/// Writing that may hold its thread.
enum BlockingWrite {
  /// Writes all of `bytes`, waiting for a slow reader.
  ///
  /// - Returns: how many were written, and the kernel's reason when those are not all, as on a full
  ///   disk or with nobody left who reads.
  static func write(_ bytes: [UInt8], to raw: CInt) -> (count: Int, failure: CInt?) {
    var written = 0
    while written < bytes.count {
      let (count, number) = unsafe bytes.withUnsafeBytes {
        let count = unsafe Glibc.write(
          raw, $0.baseAddress?.advanced(by: written), $0.count - written)
        return (count, count < 0 ? errno : EIO)
      }
      if count > 0 {
        written += count
      } else if number == EAGAIN {
        // Shared with a program that made it non-blocking.
        var wanted = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&wanted, 1, -1)
      } else if number != EINTR {
        return (written, number)
      }
    }
    return (written, nil)
  }
}
