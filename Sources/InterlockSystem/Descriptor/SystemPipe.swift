internal import CInterlock
internal import Glibc

/// Both ends of a pipe; no program that is started inherits them.
struct SystemPipe: ~Copyable {
  /// Where it is read.
  let output: FileDescriptor
  /// Where it is written.
  let input: FileDescriptor

  /// Opens a pipe.
  ///
  /// - Parameter isBlocking: Whether reading waits for something to read, and writing for room.
  /// - Throws: `SystemError` when the process is out of descriptors.
  init(isBlocking: Bool = true) throws(SystemError) {
    var ends: [CInt] = [-1, -1]
    guard unsafe cinterlock_pipe(&ends) == 0 else { throw SystemError("open", "a pipe") }
    if !isBlocking {
      // Of a pipe that was just opened the kernel takes it.
      for raw in ends { _ = fcntl(raw, F_SETFL, O_NONBLOCK) }
    }
    output = FileDescriptor(owning: ends[0])
    input = FileDescriptor(owning: ends[1])
  }
}
