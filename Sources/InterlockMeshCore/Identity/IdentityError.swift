/// Why bytes are no identity.
public enum IdentityError: Error, Sendable, Hashable {
  /// There are neither 32 bytes (a seed) nor 64 (an expanded key).
  case wrongLength(Int)
  /// The public key begins with a byte the protocol reserves.
  case reservedPublicKey(UInt8)
  /// The key does not agree with another on a secret, so it was damaged or never was one.
  case unusable
}

extension IdentityError: CustomStringConvertible {
  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .wrongLength(let count):
      "an identity has 32 bytes (a seed) or 64 (a private key), not \(count)"
    case .reservedPublicKey(let byte):
      "the public key begins with \(byte == 0 ? "00" : "ff"), which is reserved; make another identity"
    case .unusable:
      "the private key does not agree with others on a secret; it is damaged, restore or replace it"
    }
  }
}
