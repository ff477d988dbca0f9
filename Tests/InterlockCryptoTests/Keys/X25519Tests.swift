import InterlockCrypto
import InterlockWire
import Testing

@Suite struct X25519Tests {
  @Test func `RFC 7748's first vector comes out`() throws {
    let scalar = bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    let point = try #require(
      Bytes32(bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")))
    let secret = try #require(sharedSecret(scalar: scalar, point: point))
    let expected = bytes("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")
    #expect(secret == InterlockCryptoTests.secret(expected))
  }

  @Test func `points of low order give no secret`() throws {
    let scalar = [UInt8](repeating: 9, count: 32)
    let one: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
    for point in [Bytes32(), try #require(Bytes32(one))] {
      #expect(sharedSecret(scalar: scalar, point: point) == nil)
    }
  }

  @Test func `a scalar of another length is refused`() {
    let key = X25519.publicKey(scalar: [1, 2, 3].span)
    #expect(key == nil)
    #expect(sharedSecret(scalar: [1, 2, 3], point: Bytes32()) == nil)
  }
}
