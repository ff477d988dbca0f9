import InterlockCrypto
import Testing

@Suite struct SecretBytesTests {
  @Test func `nothing printed shows the content`() {
    let secret = SecretBytes([222, 173, 190, 239].span)
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped] {
      #expect(text.contains("4 bytes"))
      #expect(!text.contains("222") && !text.contains("de"))
    }
  }

  @Test func `equality is by content`() {
    #expect(secret([1, 2]) == secret([1, 2]))
    #expect(secret([1, 2]) != secret([1, 3]))
    #expect(secret([1, 2]) != secret([1]))
    #expect(secret([]) == secret([]))
  }

  @Test func `constant-time comparison answers as plain comparison does`() {
    let samples: [[UInt8]] = [[], [0], [1], [0, 0], [0, 1], [1, 0]]
    for one in samples {
      for other in samples {
        let equal = ConstantTime.areEqual(one.span, other.span)
        #expect(equal == (one == other))
      }
      let zero = ConstantTime.isZero(one.span)
      #expect(zero == one.allSatisfy { $0 == 0 })
    }
  }

  @Test func `random bytes have the length asked for and differ`() {
    #expect(SecureRandom.bytes(0).isEmpty)
    #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    #expect(SecureRandom.secret(32) != SecureRandom.secret(32))
    let generator = SecureRandom()
    #expect(generator.next() != generator.next())
  }
}
