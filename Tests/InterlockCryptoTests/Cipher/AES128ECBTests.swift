import InterlockCrypto
import InterlockWire
import Testing

@Suite struct AES128ECBTests {
  static let key = Array(UInt8(0)..<16)

  @Test func `FIPS 197's example comes out both ways`() {
    let plain = bytes("00112233445566778899aabbccddeeff")
    let cipher = encrypt(plain, key: Self.key)
    #expect(cipher == bytes("69c4e0d86a7b0430d8cdb78070b4c55a"))
    #expect(cipher.flatMap { decrypt($0, key: Self.key) } == plain)
  }

  @Test func `every length is padded with zeros to whole blocks`() throws {
    for length in 0...50 {
      let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 + 1) }
      let cipher = try #require(encrypt(plain, key: Self.key))
      #expect(cipher.count == (length + 15) / 16 * 16)
      let back = try #require(decrypt(cipher, key: Self.key))
      #expect(back == plain + [UInt8](repeating: 0, count: cipher.count - length))
    }
  }

  @Test func `a ciphertext that stops inside a block gives as many bytes as it had`() throws {
    let plain = [UInt8](repeating: 7, count: 32)
    let cipher = try #require(encrypt(plain, key: Self.key))
    for length in 16..<32 {
      let cut = Array(cipher[..<length])
      let padded = cut + [UInt8](repeating: 0, count: 32 - length)
      let back = try #require(decrypt(cut, key: Self.key))
      let whole = try #require(decrypt(padded, key: Self.key))
      #expect(back == Array(whole[..<length]))
      #expect(Array(back[..<16]) == Array(plain[..<16]))
    }
  }

  @Test(arguments: [0, 15, 17, 32])
  func `a key of another length is refused`(length: Int) {
    let key = [UInt8](repeating: 1, count: length)
    #expect(encrypt([1], key: key) == nil)
    #expect(decrypt([1], key: key) == nil)
  }
}
