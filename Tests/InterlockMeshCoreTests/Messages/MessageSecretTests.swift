import InterlockCrypto
import Testing

@testable import InterlockMeshCore

@Suite struct MessageSecretTests {
  static func secret(_ n: UInt8) throws -> MessageSecret {
    try #require(MessageSecret([UInt8](repeating: n, count: 32)))
  }

  @Test func `what is sealed opens again, padded with zeros`() throws {
    let secret = try Self.secret(7)
    for count in 0...64 {
      let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) }
      let sealed = secret.seal(plaintext)
      #expect(sealed.count == 2 + (count + 15) / 16 * 16)
      let opened = try #require(secret.open(sealed[...]))
      #expect(opened.prefix(count) == plaintext[...])
      #expect(opened.dropFirst(count).allSatisfy { $0 == 0 })
    }
  }

  @Test func `another secret, an altered byte or a lost one opens nothing`() throws {
    let sealed = try Self.secret(7).seal([1, 2, 3])
    let secret = try Self.secret(7)
    #expect(try Self.secret(8).open(sealed[...]) == nil)
    for index in sealed.indices {
      var altered = sealed
      altered[index] ^= 1
      #expect(secret.open(altered[...]) == nil, "byte \(index)")
      #expect(secret.open(sealed[..<index]) == nil, "cut at \(index)")
    }
  }

  @Test func `a ciphertext that ends inside a block opens to as many bytes`() throws {
    let key = [UInt8](repeating: 7, count: 32)
    let secret = try #require(MessageSecret(key))
    let whole = secret.seal(Array(0..<32)).dropFirst(2)
    for count in 1...32 {
      let ciphertext = Array(whole.prefix(count))
      let mac = HMACSHA256.authenticate(key: key, message: ciphertext).prefix(2)
      let opened = try #require(secret.open((mac + ciphertext)[...]))
      #expect(opened.count == count)
      #expect(opened.prefix(count / 16 * 16) == Array(0..<32).prefix(count / 16 * 16))
    }
  }

  @Test func `a short key is followed by zeros and other lengths are refused`() {
    let short = [UInt8](repeating: 3, count: 16)
    #expect(MessageSecret(short) == MessageSecret(short + [UInt8](repeating: 0, count: 16)))
    for count in [0, 1, 15, 17, 31, 33] {
      #expect(MessageSecret([UInt8](repeating: 1, count: count)) == nil)
    }
  }
}
