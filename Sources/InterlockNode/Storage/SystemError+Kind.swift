internal import Glibc
package import InterlockSystem

extension SystemError {
  /// Whether the user may not do it, whatever the reason.
  var isPermission: Bool { [EACCES, EPERM, EROFS].contains(number) }

  /// What happened, without the advice, for whoever has a better one.
  package var what: String { "cannot \(operation) \(subject): \(cause)" }
}
