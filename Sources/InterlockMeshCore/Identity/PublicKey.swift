public import InterlockCrypto
internal import InterlockWire

/// A node's Ed25519 public key: its address, and what its adverts are signed with.
///
/// Stored inline: copying, comparing and hashing one allocates nothing.
public struct PublicKey: Sendable, Hashable {
  /// Bytes in a key.
  public static let byteCount = 32

  /// The key's bytes.
  public let value: Bytes32

  /// Takes 32 bytes as they are.
  public init(_ value: Bytes32) { self.value = value }

  /// Copies `bytes`; nil unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let value = Bytes32(bytes) else { return nil }
    self.value = value
  }

  /// The key's bytes as an array.
  public var bytes: [UInt8] { value.bytes }

  /// The byte that stands for the key in envelopes.
  public var hash: UInt8 { value[0] }

  /// What paths and traces name the node by.
  public var prefix: KeyPrefix { KeyPrefix(value.bytes.prefix(KeyPrefix.maximumBytes)) }

  /// Whether the key begins with one of the bytes the protocol keeps for itself.
  ///
  /// No node may have such a key: 0x00 and 0xFF mark things that are not nodes.
  public var isReserved: Bool { hash == 0x00 || hash == 0xFF }
}

extension PublicKey: CustomStringConvertible {
  /// Sixty-four lower-case hexadecimal digits.
  public var description: String { Hex.encode(bytes) }
}
