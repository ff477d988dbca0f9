internal import Glibc

/// What callers decide on.
extension SystemError {
  /// Whether there is something of that name already.
  package var isPresent: Bool { number == EEXIST }
  /// Whether what was asked for is not there.
  package var isMissing: Bool { number == ENOENT || number == ENOTDIR }
  /// Whether this user may not.
  package var isForbidden: Bool { number == EACCES || number == EPERM }
  /// Whether the file system takes no changes.
  package var isReadOnly: Bool { number == EROFS }
  /// Whether a link is where a file should be.
  package var isLink: Bool { number == ELOOP }
  /// Whether a file was longer than what is read of it.
  package var isTooLong: Bool { number == EFBIG && operation == "read" }
}
