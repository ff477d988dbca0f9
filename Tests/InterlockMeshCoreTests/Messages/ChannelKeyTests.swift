import InterlockMeshCore
import InterlockWire
import Testing

@Suite struct ChannelKeyTests {
  @Test func `a hashtag channel's key follows from its name as in MeshCore's apps`() {
    // The example of MeshCore's documentation, and the hash its packets are seen with.
    let key = ChannelKey.following(from: "#test")
    #expect(key == Hex.decode("9cd8fcf22a47333b591d96a2b848b73f"))
    #expect(key.flatMap { Channel(key: $0) }?.hash == 0xD9)
    #expect(ChannelKey.following(from: "#Test") != key)
    #expect(ChannelKey.following(from: "#Test") != nil)
  }

  @Test func `the public channel's key is known by its name`() {
    let key = ChannelKey.parse("izOH6cXN6mrJ5e26oRXNcg==")
    #expect(ChannelKey.following(from: "Public") == key)
    #expect(ChannelKey.everyone == key)
    #expect(key.flatMap { Channel(key: $0) }?.hash == 0x11)
  }

  @Test(arguments: ["", "#", "test", "public", "Public ", " #test"])
  func `another name says nothing of the key`(name: String) {
    #expect(ChannelKey.following(from: name) == nil)
  }

  @Test func `a key is read in hexadecimal and in base64`() {
    let bytes = (UInt8(0)..<32).map { $0 * 7 }
    #expect(ChannelKey.parse(Hex.encode(bytes)) == bytes)
    #expect(ChannelKey.parse(Hex.encode(bytes).uppercased()) == bytes)
    #expect(ChannelKey.parse(Hex.encode(bytes.prefix(16))) == Array(bytes.prefix(16)))
    #expect(ChannelKey.parse("AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk=") == bytes)
    #expect(ChannelKey.parse("AAcOFRwjKjE4P0ZNVFtiaQ==") == Array(bytes.prefix(16)))
  }

  @Test(arguments: [
    "", "#test", String(repeating: "0", count: 30), String(repeating: "0", count: 34),
    String(repeating: "A", count: 24), String(repeating: "A", count: 44), "izOH6cXN6mrJ5e26oRXNcg",
  ])
  func `what has another length, or is no spelling, is no key`(text: String) {
    #expect(ChannelKey.parse(text) == nil)
  }
}
