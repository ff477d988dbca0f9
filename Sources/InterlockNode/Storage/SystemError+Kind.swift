internal import Glibc
internal import InterlockSystem

extension SystemError {
  /// Whether no file or socket can be at that path, whoever asks.
  var isImpossiblePath: Bool {
    [ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP, ENOTSOCK].contains(number)
  }

  /// Whether the user may not do it, whatever the reason.
  var isPermission: Bool { [EACCES, EPERM, EROFS].contains(number) }
}
