internal import Glibc

/// The one owner of an open descriptor; it is closed exactly once, when the owner ends.
///
/// The type cannot be copied, so no second owner can close a number that meanwhile names something
/// else.
package struct FileDescriptor: ~Copyable, Sendable {
  /// The kernel's number, valid while this owner lives.
  package let raw: CInt

  /// Takes ownership of an open descriptor.
  package init(owning raw: CInt) {
    precondition(raw >= 0, "a descriptor number is never negative")
    self.raw = raw
  }

  /// Takes ownership of what a call just returned.
  ///
  /// - Throws: `SystemError` with the thread's `errno` when the call returned a negative number.
  package init(
    _ returned: CInt, orThrow operation: String, _ subject: String
  ) throws(SystemError) {
    guard returned >= 0 else { throw SystemError(operation, subject) }
    raw = returned
  }

  deinit {
    // Linux frees the number whatever `close` returns; a second try could hit a stranger's.
    _ = close(raw)
  }
}
