package import InterlockSystem

/// Why a node cannot start or go on: what happened, what to do, and which kind of failure it is.
package struct NodeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure a caller tells apart.
  package enum Kind: Sendable, Hashable {
    /// Something the operator gave is not what it should be.
    case badInput
    /// The device or a server cannot be reached.
    case unreachable
    /// It was not possible in the time it had.
    case notInTime
    /// The operating system does not allow it.
    case notPermitted
    /// The work failed for another reason.
    case failed
  }

  package let kind: Kind
  package let what: String
  package let remedy: String

  package init(_ kind: Kind, _ what: String, _ remedy: String) {
    self.kind = kind
    self.what = what
    self.remedy = remedy
  }

  /// A refusal by the operating system; `fallback` is its kind when it is not about permission.
  package init(_ error: SystemError, or fallback: Kind, _ remedy: String) {
    kind = error.isPermission ? .notPermitted : fallback
    what = error.what
    self.remedy = remedy
  }

  /// What happened and what to do.
  package var description: String { "\(what); \(remedy)" }
}
