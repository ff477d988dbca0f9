internal import InterlockCrypto
internal import InterlockWire

/// A part of the mesh that floods can be bound to.
///
/// The key of a public region follows from its name, so that everyone who knows the name can bind a
/// packet to it; that of a private one (its name begins with `$`) is configured.
public struct Region: Sendable {
  /// The longest name, in bytes.
  public static let maximumNameBytes = 30
  /// Bytes in a key.
  public static let keyBytes = 16

  /// The name with its mark: `#name` of a public region, `$name` of a private one.
  public let name: String
  private let key: SecretBytes

  /// The region called `name`; a leading `#` makes no difference.
  ///
  /// - Parameters:
  ///   - name: 1 to 30 bytes: letters, digits, `-`, `#`, `$`, and any byte from 0x41 on. Upper and
  ///     lower case differ.
  ///   - privateKey: 16 bytes for a name that begins with `$`, otherwise nil.
  /// - Throws: What is wrong with name or key.
  public init(_ name: String, privateKey: [UInt8]? = nil) throws(RegionError) {
    guard !name.isEmpty, name != "#", name != "$" else { throw .emptyName }
    guard name.utf8.count <= Self.maximumNameBytes else { throw .nameTooLong(name) }
    if let byte = name.utf8.first(where: { !Self.isAllowed($0) }) {
      throw .forbiddenCharacter(name, byte)
    }
    if name.utf8.first == UInt8(ascii: "$") {
      guard let privateKey, privateKey.count == Self.keyBytes else {
        throw .privateKeyNeeded(name)
      }
      self.name = name
      key = SecretBytes(privateKey.span)
    } else {
      guard privateKey == nil else { throw .keyNotAllowed(name) }
      self.name = name.utf8.first == UInt8(ascii: "#") ? name : "#" + name
      var digest = SHA256()
      digest.update(Array(self.name.utf8).span)
      key = digest.finishInline().withSpan { SecretBytes($0.extracting(0..<Self.keyBytes)) }
    }
  }

  /// Whether its key is a secret and not its name.
  public var isPrivate: Bool { name.utf8.first == UInt8(ascii: "$") }

  /// The code that binds a packet to this region: HMAC-SHA-256(key, type ‖ payload), first 2 bytes.
  ///
  /// - Parameters:
  ///   - type: The packet's payload type, 0…15.
  ///   - payload: Its payload.
  /// - Returns: 1…0xFFFE; 0 and 0xFFFF mean something else, so their neighbours are used instead.
  /// - Complexity: O(payload), without allocating.
  public func code(type: UInt8, payload: Span<UInt8>) -> UInt16 {
    let digest = key.withSpan { key in
      var code = HMACSHA256(key: key)
      code.update(type)
      code.update(payload)
      return code.finishInline()
    }
    switch UInt16(digest[0]) | UInt16(digest[1]) << 8 {
    case 0: return 1
    case .max: return .max - 1
    case let code: return code
    }
  }

  /// The key, for the code that checks or stores it.
  package var keyBytes: [UInt8] { key.withSpan { key in key.indices.map { key[$0] } } }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "#"),
      UInt8(ascii: "$"), 0x41...:
      true
    default: false
    }
  }
}

extension Region: CustomStringConvertible {
  /// The name with its mark.
  public var description: String { name }
}
