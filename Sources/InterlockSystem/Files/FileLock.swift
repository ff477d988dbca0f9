internal import Glibc

/// A lock between processes: held from `init` until the value is released, or the process ends.
///
/// The lock is on a file of its own, which is made when missing and stays when the lock is given up:
/// removing it would let two processes lock two files of one name.
package final class FileLock: Sendable {
  private let descriptor: FileDescriptor

  /// Takes the lock, or refuses at once; never waits.
  ///
  /// - Throws: `SystemError`, with `isTaken` when somebody else has it.
  package init(_ path: String) throws(SystemError) {
    descriptor = try .regularFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    try Self.take(descriptor.raw, path)
  }

  deinit {
    // Closing would do, but not at once while a child that was started this moment holds a copy of
    // the descriptor, which it does until it runs its own program.
    _ = flock(descriptor.raw, LOCK_UN)
  }

  /// Locks what is already open until it is closed.
  ///
  /// - Throws: `SystemError`, with `isTaken` when somebody else has it.
  static func take(_ raw: CInt, _ path: String) throws(SystemError) {
    guard flock(raw, LOCK_EX | LOCK_NB) != 0 else { return }
    throw SystemError(
      "lock", path,
      remedy: errno == EWOULDBLOCK ? "another program has it; fuser \(path) names it" : nil)
  }
}

extension SystemError {
  /// Whether a `FileLock` is somebody else's.
  package var isTaken: Bool { number == EWOULDBLOCK }
}
