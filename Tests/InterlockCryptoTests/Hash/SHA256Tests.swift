import InterlockCrypto
import InterlockWire
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples, and the empty message.
  static let vectors: [(message: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test(arguments: vectors)
  func `the published digests come out`(message: String, digest: String) {
    #expect(Hex.encode(SHA256.digest(of: Array(message.utf8))) == digest)
  }

  @Test func `every way to cut a message in two gives one digest`() {
    let message = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let whole = SHA256.digest(of: message)
    for cut in 0...message.count {
      var hash = SHA256()
      hash.update(message.span.extracting(0..<cut))
      hash.update(message.span.extracting(cut..<message.count))
      #expect(hash.finish() == whole, "cut at \(cut)")
    }
  }

  @Test func `single bytes count like spans`() {
    var hash = SHA256()
    for byte in "abc".utf8 { hash.update(byte) }
    #expect(hash.finish() == SHA256.digest(of: Array("abc".utf8)))
  }

  @Test func `the prefix reads like the first sixteen digits`() {
    var hash = SHA256()
    hash.update(Array("abc".utf8).span)
    #expect(hash.finishPrefix() == 0xba78_16bf_8f01_cfea)
  }

  @Test func `a copy continues on its own`() {
    var first = SHA256()
    first.update(Array("ab".utf8).span)
    var second = first
    second.update(Array("c".utf8).span)
    #expect(second.finish() == SHA256.digest(of: Array("abc".utf8)))
    #expect(first.finish() == SHA256.digest(of: Array("ab".utf8)))
  }
}
