import InterlockCrypto
import Testing

@testable import InterlockMeshCore

@Suite struct IdentityTests {
  static func secret(_ bytes: [UInt8]) -> SecretBytes { SecretBytes(bytes.span) }

  static let probe = secret([UInt8](repeating: 77, count: 32))

  /// The seed of 32 bytes `n`.
  static func seed(_ n: UInt8) -> SecretBytes { secret([UInt8](repeating: n, count: 32)) }

  /// The first seed from `n` on whose key begins with a byte that `isWanted` wants.
  static func seed(where isWanted: (UInt8) -> Bool) throws -> SecretBytes {
    for n in 0..<UInt16.max {
      var bytes = [UInt8](repeating: 0, count: 32)
      bytes[0] = UInt8(truncatingIfNeeded: n)
      bytes[1] = UInt8(n >> 8)
      let candidate = secret(bytes)
      guard let key = candidate.withSpan({ Ed25519SigningKey(seed: $0) }) else { continue }
      if isWanted(key.publicKey[0]) { return candidate }
    }
    throw IdentityError.unusable
  }

  @Test func `a seed and the private key made of it are one identity`() throws {
    let one = try Identity(seed: Self.seed(1))
    let other = try Identity(importing: one.exported(), probe: Self.probe)
    #expect(one.publicKey == other.publicKey)
    let message: [UInt8] = [1, 2, 3]
    #expect(one.sign(message.span) == other.sign(message.span))
  }

  @Test func `two nodes share a secret and a third does not`() throws {
    let (a, b) = (try Identity(seed: Self.seed(1)), try Identity(seed: Self.seed(2)))
    let c = try Identity(seed: Self.seed(3))
    let secret = try #require(a.sharedSecret(with: b.publicKey))
    #expect(b.sharedSecret(with: a.publicKey) == secret)
    #expect(c.sharedSecret(with: a.publicKey) != secret)
    #expect(a.sharedSecret(with: PublicKey(Bytes32())) == nil)
  }

  @Test(arguments: [UInt8(0x00), 0xFF])
  func `a key that begins with a reserved byte is refused and drawn anew`(byte: UInt8) throws {
    let reserved = try Self.seed { $0 == byte }
    #expect(throws: IdentityError.reservedPublicKey(byte)) { try Identity(seed: reserved) }
    #expect(throws: IdentityError.reservedPublicKey(byte)) {
      try Identity(importing: reserved, probe: Self.probe)
    }
    var seeds = [reserved, reserved, Self.seed(1)]
    let made = Identity.generate { seeds.removeFirst() }
    #expect(seeds.isEmpty)
    #expect(made.publicKey == (try Identity(seed: Self.seed(1))).publicKey)
    #expect(!made.publicKey.isReserved)
  }

  @Test(arguments: [0, 1, 31, 33, 63, 65])
  func `bytes of another length are no identity`(count: Int) {
    let bytes = Self.secret([UInt8](repeating: 1, count: count))
    #expect(throws: IdentityError.wrongLength(count)) {
      try Identity(importing: bytes, probe: Self.probe)
    }
  }

  @Test func `a scalar that was never clamped is refused on import`() throws {
    let good = try Identity(seed: Self.seed(1)).exported()
    var bytes = good.withSpan { span in span.indices.map { span[$0] } }
    // Signs well, but X25519 clears this bit and so agrees on nothing.
    bytes[0] |= 1
    let key = try #require(bytes.withSpan { Ed25519SigningKey(expanded: $0) })
    let isReserved = PublicKey(key.publicKey).isReserved
    #expect(!isReserved)
    #expect(throws: IdentityError.unusable) {
      try Identity(importing: Self.secret(bytes), probe: Self.probe)
    }
  }

  @Test func `nothing printed shows more than the public key`() throws {
    let identity = try Identity(seed: Self.seed(1))
    var dumped = ""
    dump(identity, to: &dumped)
    let exported = identity.exported().withSpan { s in s.indices.map { s[$0] } }
    for text in ["\(identity)", String(reflecting: identity), dumped] {
      #expect(text.contains("\(identity.publicKey)"))
      #expect(!text.contains(exported.prefix(4).map(String.init).joined(separator: ", ")))
    }
  }
}

extension [UInt8] {
  fileprivate func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(span) }
}
