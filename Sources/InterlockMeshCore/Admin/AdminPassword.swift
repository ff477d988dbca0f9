internal import InterlockCrypto

/// A password of the remote administration: 1 to 15 bytes, compared in constant time.
///
/// Nothing that prints one shows it.
public struct AdminPassword: Sendable {
  /// The most bytes that a login can carry to every firmware.
  public static let maximumBytes = 15

  private let padded: SecretBytes

  /// A password; nil when it is empty, too long, or has a control character.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard (1...Self.maximumBytes).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 }) else {
      return nil
    }
    padded = SecretBytes(Self.pad(bytes).span)
  }

  /// Whether `candidate` is this password; neither its length nor its bytes influence the time.
  func matches(_ candidate: [UInt8]) -> Bool {
    guard candidate.count <= Self.maximumBytes else { return false }
    let other = Self.pad(candidate)
    return padded.withSpan { ConstantTime.areEqual($0, other.span) }
  }

  private static func pad(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: maximumBytes + 1 - bytes.count)
  }
}

extension AdminPassword: CustomStringConvertible, CustomReflectable {
  /// The same for every password.
  public var description: String { "AdminPassword" }

  /// Empty, so that `dump` and test failures show nothing.
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
