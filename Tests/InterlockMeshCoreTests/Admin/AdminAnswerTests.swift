import Interlock
import InterlockMeshCore
import InterlockWire
import Testing

@Suite struct AdminAnswerTests {
  @Test func `a status is 56 bytes in the order of the specification`() {
    var status = AdminStatus()
    status.batteryMillivolts = 0x0102
    status.queued = 0x0304
    status.noiseFloorDBm = -120
    status.lastRSSIDBm = -90
    status.received = 0x1122_3344
    status.sent = 5
    status.transmitSeconds = 6
    status.uptimeSeconds = 7
    status.sentFlood = 8
    status.sentDirect = 9
    status.receivedFlood = 10
    status.receivedDirect = 11
    status.errors = [.queueFull, .radioStuck]
    status.lastSNRQuarterDB = -5
    status.directDuplicates = 12
    status.floodDuplicates = 13
    status.receiveSeconds = 14
    status.receiveErrors = 0x1_0000_000F
    let expected =
      "0201" + "0403" + "88ff" + "a6ff" + "44332211" + "05000000" + "06000000" + "07000000"
      + "08000000" + "09000000" + "0a000000" + "0b000000" + "0500" + "fbff" + "0c00" + "0d00"
      + "0e000000" + "0f000000"
    #expect(status.bytes.count == AdminStatus.byteCount)
    #expect(Hex.encode(status.bytes) == expected)
  }

  @Test func `a neighbour query of another version or order is none`() {
    #expect(NeighbourQuery(parsing: [0, 10, 1, 0, 3, 6, 1, 2, 3, 4])?.order == .weakestFirst)
    #expect(NeighbourQuery(parsing: [1, 10, 1, 0, 3, 6]) == nil)
    #expect(NeighbourQuery(parsing: [0, 10, 1, 0, 4, 6]) == nil)
    #expect(NeighbourQuery(parsing: [0, 10, 1, 0, 3]) == nil)
    #expect(NeighbourQuery(parsing: [0, 10, 1, 0, 3, 200])?.prefixBytes == 32)
  }

  @Test func `no password shows itself, and only what a login can carry is one`() {
    #expect(AdminPassword("") == nil)
    #expect(AdminPassword("1234567890123456") == nil)
    #expect(AdminPassword("a\u{1}") == nil)
    #expect(AdminPassword("123456789012345").map { "\($0)" } == "AdminPassword")
  }
}
