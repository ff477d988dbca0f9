import InterlockWire
import Testing

@Suite struct ByteReaderTests {
  @Test func `what a writer wrote a reader takes off again`() {
    var writer = ByteWriter(capacity: 32)
    writer.uint8(0xAB)
    writer.uint16(0x0102)
    writer.uint32(0xDEAD_BEEF)
    writer.int32(-2)
    writer.uint64(0x0102_0304_0506_0708)
    writer.append([9, 8, 7])
    #expect(Array(writer.bytes.prefix(3)) == [0xAB, 0x02, 0x01], "least significant byte first")
    var reader = ByteReader(writer.bytes)
    #expect(reader.uint8() == 0xAB)
    #expect(reader.uint16() == 0x0102)
    #expect(reader.uint32() == 0xDEAD_BEEF)
    #expect(reader.int32() == -2)
    #expect(reader.uint64() == 0x0102_0304_0506_0708)
    #expect(reader.bytes(2) == [9, 8])
    #expect(reader.remaining == 1)
    #expect(reader.takeRest() == [7])
    #expect(reader.isAtEnd)
  }

  @Test func `a read that does not fit gives nil and takes nothing`() {
    for count in 0..<8 {
      let bytes = [UInt8](repeating: 1, count: count)
      var reader = ByteReader(bytes)
      #expect(reader.uint64() == nil)
      #expect(reader.bytes(count + 1) == nil)
      #expect(reader.bytes(-1) == nil)
      #expect(reader.remaining == count)
      if count < 4 { #expect(reader.uint32() == nil) }
      if count < 2 { #expect(reader.uint16() == nil) }
      if count < 1 { #expect(reader.uint8() == nil) }
      #expect(reader.rest == bytes[...])
    }
  }

  @Test func `a slice is read from its own start`() {
    let frame: [UInt8] = [0, 1, 2, 3, 4, 5]
    var reader = ByteReader(frame[2...])
    #expect(reader.uint16() == 0x0302)
    #expect(reader.bytes(0) == [])
    #expect(reader.takeRest() == [4, 5])
    #expect(reader.takeRest() == [])
  }
}
