import InterlockCrypto
import InterlockWire
import Testing

/// RFC 8032, 7.1, tests 1–3, and what must be refused.
@Suite struct Ed25519Tests {
  struct Vector: Sendable {
    var seed: String
    var publicKey: String
    var message: String
    var signature: String
  }

  static let vectors = [
    Vector(
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      message: "",
      signature: """
        e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
        5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
        """),
    Vector(
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      message: "72",
      signature: """
        92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
        """),
    Vector(
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      message: "af82",
      signature: """
        6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
        18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
        """),
  ]

  func sign(_ message: String, with key: Ed25519SigningKey) -> [UInt8] {
    key.sign(bytes(message).span)
  }

  @Test(arguments: vectors)
  func `a seed gives the published key and signature`(vector: Vector) throws {
    let key = try #require(signingKey(seed: bytes(vector.seed)))
    #expect(Hex.encode(key.publicKey.bytes) == vector.publicKey)
    #expect(Hex.encode(sign(vector.message, with: key)) == vector.signature)
  }

  @Test(arguments: vectors)
  func `the expanded key signs as its seed does`(vector: Vector) throws {
    let seeded = try #require(signingKey(seed: bytes(vector.seed)))
    let expanded = seeded.withExpandedKey { span in span.indices.map { span[$0] } }
    let key = try #require(signingKey(expanded: expanded))
    #expect(key.publicKey == seeded.publicKey)
    #expect(Hex.encode(sign(vector.message, with: key)) == vector.signature)
  }

  @Test(arguments: vectors)
  func `one flipped bit anywhere makes a signature invalid`(vector: Vector) {
    let signature = bytes(vector.signature)
    let message = bytes(vector.message)
    let publicKey = bytes(vector.publicKey)
    func holds(_ signature: [UInt8], _ message: [UInt8], _ key: [UInt8]) -> Bool {
      isValid(signature: signature, message: message, publicKey: key)
    }
    #expect(holds(signature, message, publicKey))
    for index in signature.indices {
      var damaged = signature
      damaged[index] ^= 0x10
      #expect(!holds(damaged, message, publicKey), "signature byte \(index)")
    }
    for index in message.indices {
      var damaged = message
      damaged[index] ^= 1
      #expect(!holds(signature, damaged, publicKey), "message byte \(index)")
    }
    for index in publicKey.indices {
      var damaged = publicKey
      damaged[index] ^= 1
      #expect(!holds(signature, message, damaged), "key byte \(index)")
    }
  }

  @Test(arguments: [0, 1, 63, 65, 128])
  func `a signature of another length is invalid, not a trap`(length: Int) {
    let vector = Self.vectors[0]
    let signature = [UInt8](repeating: 0, count: length)
    #expect(!isValid(signature: signature, message: [], publicKey: bytes(vector.publicKey)))
  }

  @Test func `a signature over two joined parts is that over the whole`() throws {
    let key = try #require(signingKey(seed: bytes(Self.vectors[0].seed)))
    for length in [0, 1, 36, 68, 511, 512, 513, 2000] {
      let message = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
      let signature = key.sign(message.span)
      for cut in Set([0, length / 2, length]) {
        let holds = key.publicKey.withSpan { publicKey in
          Ed25519.isValid(
            signature: signature.span, message: message.span.extracting(0..<cut),
            followedBy: message.span.extracting(cut..<length), publicKey: publicKey)
        }
        #expect(holds, "\(length) bytes cut at \(cut)")
      }
    }
  }

  @Test func `a key of low order verifies nothing and shares nothing`() throws {
    let key = try #require(signingKey(seed: bytes(Self.vectors[0].seed)))
    for hex in ["00", "01", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"] {
      var low = bytes(hex)
      low += [UInt8](repeating: 0, count: 32 - low.count)
      let peer = try #require(Bytes32(low))
      #expect(key.sharedSecret(with: peer) == nil)
      let zero = [UInt8](repeating: 0, count: 64)
      #expect(!isValid(signature: zero, message: [], publicKey: low))
    }
  }

  @Test(arguments: [0, 31, 33, 64])
  func `a seed of another length is refused`(length: Int) {
    #expect(signingKey(seed: [UInt8](repeating: 1, count: length)) == nil)
  }

  @Test func `an expanded key with a zero scalar is refused`() {
    #expect(signingKey(expanded: [UInt8](repeating: 0, count: 64)) == nil)
    #expect(signingKey(expanded: [UInt8](repeating: 1, count: 63)) == nil)
  }

  @Test func `both sides of an agreement get one secret`() throws {
    let one = try #require(signingKey(seed: bytes(Self.vectors[0].seed)))
    let two = try #require(signingKey(seed: bytes(Self.vectors[1].seed)))
    let here = try #require(one.sharedSecret(with: two.publicKey))
    let there = try #require(two.sharedSecret(with: one.publicKey))
    #expect(here == there)
  }

  @Test func `nothing printed shows a private key`() throws {
    let key = try #require(signingKey(seed: bytes(Self.vectors[0].seed)))
    var dumped = ""
    dump(key, to: &dumped)
    let secret = key.withExpandedKey { span in span.indices.map { span[$0] } }
    for text in ["\(key)", String(reflecting: key), dumped] {
      #expect(!text.contains(Hex.encode(secret.prefix(4))))
      #expect(!text.contains(secret.prefix(4).map(String.init).joined(separator: ", ")))
    }
  }
}
