/// The name of a status, or of a scope that statuses lie in.
///
/// Its rules are those of ``LockName``: 1 to 512 bytes in Unicode's form NFC, without U+0000, and nothing in it has a
/// meaning to whoever stores it.
public struct StatusName: Sendable, Hashable {
  private let name: LockName

  /// Takes a name from anywhere.
  ///
  /// - Throws: ``StatusError/Reason/invalidName(_:)`` when it is empty, too long, or has U+0000.
  public init(_ text: some StringProtocol) throws(StatusError) {
    do throws(LockError) {
      name = try LockName(text)
    } catch {
      guard case .invalidName(let fault) = error.reason else {
        throw StatusError(name: error.name, .unavailable("\(error)"))
      }
      throw StatusError(name: error.name, .invalidName(fault))
    }
  }

  /// The text, in NFC.
  public var text: String { name.text }

  /// The text in a server's key; see ``NameEncoding``.
  public var key: String { name.key }
}

extension StatusName: ExpressibleByStringLiteral {
  /// A name that stands in the program; one that is none stops it.
  public init(stringLiteral text: String) { name = LockName(stringLiteral: text) }
}

extension StatusName: CustomStringConvertible {
  /// The text, with what would break a line or a terminal escaped.
  public var description: String { name.description }
}
