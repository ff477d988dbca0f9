internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockWire

extension ConformanceChecker {
  /// crypto.json: keys, agreement, signatures, encryption, acknowledgements.
  static let crypto = ConformanceChecker(
    schema: "interlock.meshcore.crypto/1",
    lists: [
      List("identities") { (current) throws(JSONError) in try checkIdentity(&current) },
      List("sharedSecrets") { (current) throws(JSONError) in try checkAgreement(&current) },
      List("signatures") { (current) throws(JSONError) in try checkSignature(&current) },
      List("encryption") { (current) throws(JSONError) in try checkEncryption(&current) },
      List("hmacRejects") { (current) throws(JSONError) in try checkRejection(&current) },
      List("ackChecksums") { (current) throws(JSONError) in try checkAcknowledgement(&current) },
    ])

  private static func checkIdentity(_ current: inout ConformanceCase) throws(JSONError) {
    let seed = try current.bytes("seed")
    guard let key = Ed25519SigningKey(seed: seed.span) else {
      throw JSONError("seed: 32 bytes are expected", at: current.value.position)
    }
    let expanded = key.withExpandedKey { key in key.indices.map { key[$0] } }
    let scalar = Array(expanded.prefix(32))
    let publicKey = PublicKey(key.publicKey)
    try current.expect("publicKey", bytes: publicKey.bytes)
    try current.expect("privateKey64", bytes: expanded)
    try current.expect("x25519Private", bytes: scalar)
    try current.expect("x25519Public", bytes: X25519.publicKey(scalar: scalar.span)?.bytes)
    for width in 1...3 {
      try current.expect("hash\(width)", bytes: (0..<width).map { publicKey.prefix[$0] })
    }
  }

  private static func checkAgreement(_ current: inout ConformanceCase) throws(JSONError) {
    let (one, other) = (
      try current.signingKey("aPrivateKey64"), try current.signingKey("bPrivateKey64")
    )
    try current.expect("a", bytes: one.publicKey.bytes)
    try current.expect("b", bytes: other.publicKey.bytes)
    for (key, peer) in [(one, other.publicKey), (other, one.publicKey)] {
      let secret = key.sharedSecret(with: peer).map { $0.withSpan { s in s.indices.map { s[$0] } } }
      try current.expect("sharedSecret", bytes: secret)
      try current.expect("aesKey", bytes: secret?.prefix(AES128ECB.keyBytes))
    }
  }

  private static func checkSignature(_ current: inout ConformanceCase) throws(JSONError) {
    let message = try current.bytes("message")
    let signature = try current.bytes("signature")
    let publicKey = try current.bytes("publicKey")
    let isValid = Ed25519.isValid(
      signature: signature.span, message: message.span, publicKey: publicKey.span)
    try current.expect("valid", .bool(isValid))
    if current.has("privateKey64") {
      let key = try current.signingKey("privateKey64")
      try current.expect("publicKey", bytes: key.publicKey.bytes)
      if isValid { try current.expect("signature", bytes: key.sign(message.span)) }
    } else {
      try current.expectIfPresent("privateKey64", .null)
    }
  }

  private static func checkEncryption(_ current: inout ConformanceCase) throws(JSONError) {
    let secret = try current.messageSecret("sharedSecret")
    let sealed = secret.seal(try current.bytes("plaintext"))
    try current.expect("macAndCiphertext", bytes: sealed)
    try current.expect("mac", bytes: sealed.prefix(MessageSecret.macBytes))
    // What is opened is the file's own bytes, not what was just sealed.
    let given = try current.bytes("macAndCiphertext")
    try current.expect("decrypted", bytes: secret.open(given[...]))
  }

  private static func checkRejection(_ current: inout ConformanceCase) throws(JSONError) {
    let secret = try current.messageSecret("sharedSecret")
    let opened = secret.open(try current.bytes("macAndCiphertext")[...])
    try current.expect("result", opened == nil ? "mac_failed" : "opened")
  }

  private static func checkAcknowledgement(_ current: inout ConformanceCase) throws(JSONError) {
    let acknowledgement = Acknowledgement(
      timestamp: try current.input("timestamp"), flags: try current.input("flagsByte"),
      text: Array(try current.input("text", as: String.self).utf8),
      sender: try current.publicKey("senderPublicKey"))
    try current.expect("ackBytes", bytes: acknowledgement.payload)
    try current.expect("ackUInt32LE", number: acknowledgement.checksum)
  }
}

extension ConformanceCase {
  /// The 64-byte private key at `path`.
  mutating func signingKey(_ path: String) throws(JSONError) -> Ed25519SigningKey {
    let bytes = try bytes(path)
    guard let key = Ed25519SigningKey(expanded: bytes.span) else {
      throw JSONError("\(path): a private key of 64 bytes is expected", at: value.position)
    }
    return key
  }

  /// The public key at `path`.
  mutating func publicKey(_ path: String) throws(JSONError) -> PublicKey {
    guard let key = PublicKey(try bytes(path)) else {
      throw JSONError("\(path): a public key of 32 bytes is expected", at: value.position)
    }
    return key
  }

  /// The secret at `path`.
  mutating func messageSecret(_ path: String) throws(JSONError) -> MessageSecret {
    guard let secret = MessageSecret(try bytes(path)) else {
      throw JSONError("\(path): a secret of 32 bytes is expected", at: value.position)
    }
    return secret
  }

  /// The packet at `path`.
  mutating func packet(_ path: String) throws(JSONError) -> Packet {
    let bytes = try bytes(path)
    do { return try Packet(parsing: bytes) } catch {
      throw JSONError("\(path): a packet is expected: \(error)", at: value.position)
    }
  }
}
