internal import InterlockCrypto
internal import InterlockWire

extension ConformanceChecker {
  /// crypto.json: keys, agreement, signatures, envelopes.
  static let crypto = ConformanceChecker(
    schema: "interlock.meshcore.crypto/1",
    lists: [
      List("identities") { (current) throws(JSONError) in try checkIdentity(&current) }
    ])

  private static func checkIdentity(_ current: inout ConformanceCase) throws(JSONError) {
    let seed = try current.bytes("seed")
    guard let key = Ed25519SigningKey(seed: seed.span) else {
      throw JSONError("seed: 32 bytes are expected", at: current.value.position)
    }
    let expanded = key.withExpandedKey { key in key.indices.map { key[$0] } }
    let scalar = Array(expanded.prefix(32))
    try current.expect("publicKey", bytes: key.publicKey.bytes)
    try current.expect("privateKey64", bytes: expanded)
    try current.expect("x25519Private", bytes: scalar)
    try current.expect("x25519Public", bytes: X25519.publicKey(scalar: scalar.span)?.bytes)
    for width in 1...3 {
      try current.expect("hash\(width)", bytes: key.publicKey.bytes.prefix(width))
    }
  }
}
