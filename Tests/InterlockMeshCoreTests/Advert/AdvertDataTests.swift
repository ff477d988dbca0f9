import Testing

@testable import InterlockMeshCore

@Suite struct AdvertDataTests {
  @Test func `every combination of fields comes back`() throws {
    for choice in 0..<16 {
      for type in 0..<UInt8(16) {
        let data = AdvertData(
          nodeType: NodeType(rawValue: type),
          location: choice & 1 == 0 ? nil : .init(latitudeE6: -90_000_000, longitudeE6: .max),
          feature1: choice & 2 == 0 ? nil : 0x1234, feature2: choice & 4 == 0 ? nil : 0xFFFF,
          name: choice & 8 == 0 ? nil : "Café")
        let encoded = data.encoded
        #expect(encoded[0] == data.flags)
        #expect(AdvertData(parsing: encoded[...]) == data)
        #expect(data.nodeType.rawValue == type)
      }
    }
  }

  @Test func `a name is cut where a character ends and never makes the data too long`() throws {
    for character in ["x", "é", "€", "\u{1F4E1}"] {
      for count in 0...40 {
        for location in [nil, AdvertData.Location(latitudeE6: 1, longitudeE6: 2)] {
          let name = String(repeating: character, count: count)
          let data = AdvertData(nodeType: .chat, location: location, name: name)
          #expect(data.encoded.count <= AdvertData.maximumBytes)
          let read = try #require(AdvertData(parsing: data.encoded[...])?.name)
          #expect(name.hasPrefix(read))
          let width = character.utf8.count
          #expect(read.utf8.count == min(count, (location == nil ? 31 : 23) / width) * width)
        }
      }
    }
  }

  @Test func `data shorter than its flags promise reads as zeros and says so`() throws {
    let whole: [UInt8] = [0xF2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    for count in 1..<whole.count {
      let data = try #require(AdvertData(parsing: whole[..<count]))
      #expect(!data.isComplete, "\(count) bytes")
      #expect(data.flags == 0xF2)
    }
    let data = try #require(AdvertData(parsing: whole[...]))
    #expect(data.isComplete)
    #expect(data.nameBytes == [])
    let cut = try #require(AdvertData(parsing: [0x92, 1, 0, 0]))
    #expect(cut.location == .init(latitudeE6: 1, longitudeE6: 0))
    #expect(cut.name == "")
  }

  @Test func `a name that is not UTF-8 has bytes but no text`() throws {
    let data = try #require(AdvertData(parsing: [0x81, 0x41, 0xC3]))
    #expect(data.isComplete)
    #expect(data.nameBytes == [0x41, 0xC3])
    #expect(data.name == nil)
  }

  @Test func `no app data says nothing`() {
    #expect(AdvertData(parsing: []) == nil)
  }

  @Test func `the node type is a number`() {
    #expect(NodeType(rawValue: 3) == .roomServer)
    #expect(NodeType(rawValue: 0xF4) == .sensor)
    #expect(NodeType(rawValue: 9).description == "type 9")
  }
}
