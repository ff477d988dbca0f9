import InterlockMeshCore
import InterlockWire
import Testing

@Suite struct PacketVectorTests {
  @Test func `radio.P1 packets: every well-formed frame, every field`() throws {
    let cases = try VectorFile.cases("packets")
    #expect(cases.count == 80)
    for item in cases {
      let id = item["id"] as? String ?? "?"
      let hex = try #require(item["hex"] as? String)
      let packet = try Packet(parsing: #require(Hex.decode(hex)))
      #expect(Hex.encode(packet.serialized()) == hex, "\(id)")
      #expect(Int(packet.header) == item["header"] as? Int, "\(id)")
      #expect(packet.route.description == item["route"] as? String, "\(id)")
      #expect(Int(packet.payloadType.rawValue) == item["payloadType"] as? Int, "\(id)")
      let name = item["payloadTypeName"] as? String ?? ""
      #expect(packet.payloadType.description == name || name.hasPrefix("RESERVED"), "\(id)")
      #expect(Int(packet.pathField.rawValue) == item["pathLenByte"] as? Int, "\(id)")
      #expect(packet.pathField.hashSize == item["hashSize"] as? Int, "\(id)")
      #expect(packet.pathField.hopCount == item["hopCount"] as? Int, "\(id)")
      #expect(packet.hops == item["path"] as? [String], "\(id)")
      #expect(Hex.encode(packet.payload) == item["payload"] as? String, "\(id)")
      #expect(packet.payloadByteCount == item["payloadLen"] as? Int, "\(id)")
      #expect(packet.serialized().count == item["rawLen"] as? Int, "\(id)")
      #expect(packet.packetHash.description == item["packetHash"] as? String, "\(id)")
      let codes = packet.transportCodes.map { [Int($0.region), Int($0.reserved)] }
      #expect(codes == item["transportCodes"] as? [Int], "\(id)")
    }
  }

  @Test func `radio.P1 malformed: every bad frame is refused for its reason`() throws {
    let cases = try VectorFile.cases("malformed")
    #expect(cases.count == 46)
    for item in cases {
      let id = item["id"] as? String ?? "?"
      let frame = try #require(Hex.decode(item["hex"] as? String ?? "-"))
      if item["required"] as? String == "reject" {
        let error = #expect(throws: PacketError.self, "\(id)") { _ = try Packet(parsing: frame) }
        #expect(error?.rawValue == item["reason"] as? String, "\(id)")
      } else {
        #expect(throws: Never.self, "\(id)") { _ = try Packet(parsing: frame) }
      }
    }
  }
}
