import InterlockCrypto
import Testing

@testable import InterlockMeshCore

@Suite struct PublicKeyTests {
  @Test func `a key is named by its first bytes`() throws {
    let key = try #require(PublicKey(Array(UInt8(0x10)..<0x30)))
    #expect(key.hash == 0x10)
    #expect((0..<8).map { key.prefix[$0] } == Array(0x10..<0x18))
    #expect("\(key)".hasPrefix("101112"))
    #expect("\(key)".count == 64)
    #expect(PublicKey(Array(0..<31)) == nil)
  }

  @Test(arguments: [(UInt8(0), true), (1, false), (0xFE, false), (0xFF, true)])
  func `keys that begin with 00 or ff are reserved`(byte: UInt8, isReserved: Bool) throws {
    let key = try #require(PublicKey([byte] + [UInt8](repeating: 5, count: 31)))
    #expect(key.isReserved == isReserved)
  }
}
