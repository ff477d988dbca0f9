internal import CInterlock
internal import Glibc

/// A refusal by the operating system: what was tried on what, why not, and what to do.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kernel's error number.
  package let number: CInt
  /// What was tried, as in "open".
  package let operation: String
  /// What it was tried on: a path, a device, an address.
  package let subject: String
  /// What a person can do about it; nil when nothing better than the cause can be said.
  package let remedy: String?

  /// Makes an error; without `number` it takes the thread's present `errno`.
  package init(
    _ operation: String, _ subject: String, number: CInt = errno, remedy: String? = nil
  ) {
    self.number = number
    self.operation = operation
    self.subject = subject
    self.remedy = remedy
  }

  /// The kernel's words for the error number.
  package var cause: String {
    let capacity = 128
    return unsafe String(unsafeUninitializedCapacity: capacity) { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { text in
        unsafe cinterlock_error_text(number, text.baseAddress, capacity)
      }
      return unsafe buffer.firstIndex(of: 0) ?? capacity
    }
  }

  /// What happened, without the advice, for whoever has a better one.
  package var what: String { "cannot \(operation) \(subject): \(cause)" }

  /// What happened and what to do, in one line.
  package var description: String { remedy.map { "\(what); \($0)" } ?? what }
}
