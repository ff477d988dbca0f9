import InterlockCrypto
import InterlockWire
import Testing

@testable import InterlockMeshCore

@Suite struct IdentityFileTests {
  static let seed = [UInt8](repeating: 1, count: 32)

  static func decode(_ content: [UInt8]) throws -> Identity {
    try IdentityFile.decode(SecretBytes(content.span), probe: IdentityTests.probe)
  }

  @Test func `what is written is read again`() throws {
    let identity = try Identity(seed: IdentityTests.seed(1))
    let content = IdentityFile.encode(identity)
    #expect(content.count == 128)
    let again = try IdentityFile.decode(content, probe: IdentityTests.probe)
    #expect(again.publicKey == identity.publicKey)
  }

  @Test func `seeds and keys are read as digits and as bytes`() throws {
    let identity = try Identity(seed: IdentityTests.seed(1))
    let key = identity.exported().withSpan { s in s.indices.map { s[$0] } }
    for secret in [Self.seed, key] {
      let text = Hex.encode(secret)
      for content in [
        secret, Array(text.utf8), Array((text.uppercased() + "\r\n").utf8),
        Array(" \n\(text)\n\n".utf8),
      ] {
        #expect(try Self.decode(content).publicKey == identity.publicKey)
      }
    }
  }

  @Test func `anything else is refused, whatever is cut off`() throws {
    let text = Array(Hex.encode(Self.seed).utf8)
    for count in 0..<text.count where count != 32 {
      #expect(throws: IdentityError.self, "\(count) digits") {
        try Self.decode(Array(text[..<count]))
      }
    }
    #expect(throws: IdentityError.wrongLength(0)) { try Self.decode([]) }
    #expect(throws: IdentityError.self) { try Self.decode(Array("not a key\n".utf8)) }
  }
}
