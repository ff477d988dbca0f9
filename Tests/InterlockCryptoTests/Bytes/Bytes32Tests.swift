import InterlockCrypto
import Testing

@Suite struct Bytes32Tests {
  @Test func `bytes go in and come out in order`() throws {
    let bytes = Array(UInt8(1)...32)
    let value = try #require(Bytes32(bytes))
    #expect(value.bytes == bytes)
    let spanned = Bytes32(bytes.span)
    #expect(spanned == value)
    #expect(value.prefix64 == 0x0102_0304_0506_0708)
    #expect(bytes.indices.allSatisfy { value[$0] == bytes[$0] })
    #expect(value.withSpan { $0.count } == 32)
  }

  @Test(arguments: [0, 1, 31, 33])
  func `another length is refused`(length: Int) {
    let bytes = [UInt8](repeating: 5, count: length)
    #expect(Bytes32(bytes) == nil)
    let spanned = Bytes32(bytes.span)
    #expect(spanned == nil)
  }

  @Test func `values that differ in any byte are different`() throws {
    let zero = Bytes32()
    for index in 0..<32 {
      var bytes = [UInt8](repeating: 0, count: 32)
      bytes[index] = 1
      let other = try #require(Bytes32(bytes))
      #expect(other != zero, "byte \(index)")
    }
  }
}
