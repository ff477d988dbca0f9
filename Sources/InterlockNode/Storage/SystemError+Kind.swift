internal import Glibc
internal import InterlockSystem

extension SystemError {
  /// Whether the user may not do it, whatever the reason.
  var isPermission: Bool { [EACCES, EPERM, EROFS].contains(number) }
}
