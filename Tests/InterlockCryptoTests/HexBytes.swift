import InterlockCrypto
import InterlockWire
import Testing

/// The bytes a test spells in hexadecimal; records a failure instead of trapping on a typing slip.
func bytes(_ hex: String, sourceLocation: SourceLocation = #_sourceLocation) -> [UInt8] {
  guard let bytes = Hex.decode(hex.filter { !$0.isWhitespace }) else {
    Issue.record("not hexadecimal: \(hex)", sourceLocation: sourceLocation)
    return []
  }
  return bytes
}

// The test macros take no argument that may not escape, which a span is: hence these.

func signingKey(seed: [UInt8]) -> Ed25519SigningKey? { Ed25519SigningKey(seed: seed.span) }

func signingKey(expanded: [UInt8]) -> Ed25519SigningKey? {
  Ed25519SigningKey(expanded: expanded.span)
}

func isValid(signature: [UInt8], message: [UInt8], publicKey: [UInt8]) -> Bool {
  Ed25519.isValid(signature: signature.span, message: message.span, publicKey: publicKey.span)
}

func sharedSecret(scalar: [UInt8], point: Bytes32) -> SecretBytes? {
  X25519.sharedSecret(scalar: scalar.span, point: point)
}

func encrypt(_ plaintext: [UInt8], key: [UInt8]) -> [UInt8]? {
  AES128ECB.encrypt(plaintext.span, key: key.span)
}

func decrypt(_ ciphertext: [UInt8], key: [UInt8]) -> [UInt8]? {
  AES128ECB.decrypt(ciphertext.span, key: key.span)
}

func secret(_ bytes: [UInt8]) -> SecretBytes { SecretBytes(bytes.span) }
