import InterlockCrypto
import InterlockWire
import Testing

@Suite struct SHA512Tests {
  @Test func `the published digest of abc comes out, whole and in parts`() {
    let expected = """
      ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
      2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
      """
    #expect(Hex.encode(SHA512.digest(of: Array("abc".utf8))) == expected)
    let nothing: [UInt8] = []
    var hash = SHA512()
    hash.update(Array("a".utf8).span)
    hash.update(nothing.span)
    hash.update(Array("bc".utf8).span)
    #expect(Hex.encode(hash.finish()) == expected)
  }
}
