internal import Glibc

extension FileDescriptor {
  /// Opens what has to be a regular file, without waiting for anybody: the other end of a pipe, a
  /// terminal that is not there.
  ///
  /// - Throws: `SystemError` when it is something else, or cannot be opened.
  static func regularFile(
    _ path: String, _ flags: CInt, mode: mode_t = 0
  ) throws(SystemError) -> FileDescriptor {
    let descriptor = try FileDescriptor(
      systemOpen(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode: mode), orThrow: "open", path
    )
    var status = stat()
    guard unsafe fstat(descriptor.raw, &status) == 0 else { throw SystemError("look at", path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return descriptor
    case S_IFDIR: throw SystemError("open", path, number: EISDIR)
    default: throw SystemError.irregular(path)
    }
  }
}

extension SystemError {
  /// The refusal of a pipe, socket or device in the place of a file.
  static func irregular(_ path: String) -> SystemError {
    SystemError("use", "\(path), which is not a regular file", number: EINVAL)
  }

  /// Whether something that is not a file is in its place.
  package var isIrregularFile: Bool { number == EINVAL || number == EISDIR }
}
