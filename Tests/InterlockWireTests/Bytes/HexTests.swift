import InterlockWire
import Testing

@Suite struct HexTests {
  @Test func `every byte comes back`() {
    let all = Array(UInt8.min...UInt8.max)
    #expect(Hex.decode(Hex.encode(all)) == all)
    #expect(Hex.decode(Hex.encode(all).uppercased()) == all)
    #expect(Hex.encode([0x0F, 0xA0]) == "0fa0")
  }

  @Test(arguments: ["0", "0g", "g0", " 00", "0x00", "００", "abc"])
  func `anything else is refused`(text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
