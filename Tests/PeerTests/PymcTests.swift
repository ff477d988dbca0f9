import Foundation
import InterlockCrypto
import InterlockMeshCore
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

/// `pymc_core` as the other radio: a MeshCore implementation that others wrote, a KISS host like the
/// node, so what stands between them is the air and the two modems.
@Suite(
  .tags(.integration), .ownThread, .timeLimit(.minutes(10)), .serialized,
  .enabled(if: PeerPython.isHere))
struct PymcTests {
  static let nodeSeed = [UInt8](repeating: 0x5a, count: 32)

  private static func publicKey(seed: [UInt8]) throws -> PublicKey {
    try Identity(seed: SecretBytes(seed.span)).publicKey
  }

  /// Somebody a message is for, who is not here.
  private static func recipient() throws -> PublicKey {
    try publicKey(seed: [UInt8](repeating: 7, count: 32))
  }

  /// A bench with the node connected and the peer's radio ready.
  private func meeting(
    _ body:
      @escaping @Sendable (_ node: Dialogue, _ peer: PymcPeer, _ key: PublicKey) async throws
      -> Void
  ) async throws {
    let key = try Self.publicKey(seed: Self.nodeSeed)
    try await Bench().run { bench in
      let node = try bench.startNode(seed: Hex.encode(Self.nodeSeed))
      try await node.hear("its modem") { $0["state"]?.string == "connected" }
      let peer = try PymcPeer(port: bench.peerLine.slavePath)
      try await peer.lines.hear("its modem") { $0["event"]?.string == "ready" }
      try await body(node, peer, key)
      try peer.lines.say(#"{"do": "quit"}"#)
      #expect(try await node.end() == 0)
    }
  }

  @Test func `a flood advert of pymc_core is repeated with our hop and nothing else changed`()
    async throws
  {
    try await meeting { _, peer, key in
      let sent = try await peer.send(
        #"{"do": "advert", "route": "flood", "name": "pymc", "lat": 47.5, "lon": 8.5}"#)
      let copy = try await peer.hears(type: .advert)
      #expect(copy.route == .flood)
      #expect(Array(copy.path) == [key.bytes[0]])
      #expect(Array(copy.payload) == Array(sent.payload))
      #expect(copy.packetHash == sent.packetHash)
    }
  }

  @Test func `a message to the channel is repeated once, however often it is sent`() async throws {
    try await meeting { node, peer, key in
      let sent = try await peer.send(#"{"do": "group", "text": "hello, table"}"#)
      let copy = try await peer.hears(type: .groupText)
      #expect(Array(copy.path) == [key.bytes[0]])
      #expect(Array(copy.payload) == Array(sent.payload))

      _ = try await peer.send(#"{"do": "raw", "hex": "\#(Hex.encode(sent.frame))"}"#)
      let again = try await node.hear("the copy") {
        $0["event"]?.string == "heard" && $0["frame"]?.string == Hex.encode(sent.frame)
          && $0["verdict"]?.string != "forward"
      }
      #expect(again["verdict"]?.string == "duplicate")
    }
  }

  @Test func `a direct message loses our hop and goes on to the next`() async throws {
    try await meeting { _, peer, key in
      let recipient = try Self.recipient()
      let path = [key.bytes[0], 0x77]
      let sent = try await peer.send(
        """
        {"do": "message", "to": "\(Hex.encode(recipient.bytes))", "path": "\(Hex.encode(path))", \
        "text": "along a path"}
        """)
      #expect(Array(sent.path) == path)
      let copy = try await peer.hears(type: .text)
      #expect(copy.route == .direct)
      #expect(Array(copy.path) == [0x77])
      #expect(Array(copy.payload) == Array(sent.payload))
    }
  }

  @Test func `a direct message along another path is left alone`() async throws {
    try await meeting { node, peer, key in
      let recipient = try Self.recipient()
      let other = key.bytes[0] ^ 0xff
      let sent = try await peer.send(
        """
        {"do": "message", "to": "\(Hex.encode(recipient.bytes))", \
        "path": "\(Hex.encode([other, key.bytes[0]]))", "text": "not yours yet"}
        """)
      let verdict = try await node.hear("the message") {
        $0["frame"]?.string == Hex.encode(sent.frame)
      }
      #expect(verdict["verdict"]?.string == "not_next_hop")
    }
  }

  @Test func `a TRACE collects the strength we heard it with`() async throws {
    try await meeting { _, peer, key in
      let hops = [key.bytes[0], key.bytes[0] ^ 0xff]
      _ = try await peer.send(
        #"{"do": "trace", "path": "\#(Hex.encode(hops))", "tag": 305419896}"#)
      let copy = try await peer.hears(type: .trace)
      // The modem on the bench hears everything with 26 quarters of a decibel.
      #expect(Array(copy.path) == [26])
      #expect(Array(copy.payload.suffix(2)) == hops)
    }
  }

  @Test func `an advert to direct neighbours is not repeated`() async throws {
    try await meeting { node, peer, _ in
      let sent = try await peer.send(#"{"do": "advert", "route": "direct", "name": "near"}"#)
      let verdict = try await node.hear("the advert") {
        $0["frame"]?.string == Hex.encode(sent.frame)
      }
      #expect(verdict["verdict"]?.string == "no_path")
    }
  }

  @Test func `pymc_core logs in, reads the status and changes a setting`() async throws {
    try await meeting { node, peer, key in
      let to = Hex.encode(key.bytes)
      _ = try await peer.send(
        #"{"do": "login", "to": "\#(to)", "password": "not this one"}"#)
      _ = try await peer.send(
        #"{"do": "login", "to": "\#(to)", "password": "\#(Bench.password)"}"#)
      // The first answer is to the second login: the first had none.
      let welcome = try #require(PathReturn(parsing: try await peer.opens(type: .path)))
      #expect(welcome.extraType == .response)
      #expect(Array(welcome.extra[4..<8]) == [0, 0, 1, Permissions(.admin).rawValue])

      _ = try await peer.send(#"{"do": "status", "to": "\#(to)"}"#)
      let status = try #require(PathReturn(parsing: try await peer.opens(type: .path)))
      // After the tag: 3 packets heard, 1 sent, and the last with 26 quarters of a decibel.
      let data = Array(status.extra.dropFirst(4).prefix(AdminStatus.byteCount))
      #expect(Array(data[8..<16]) == [3, 0, 0, 0, 1, 0, 0, 0])
      #expect(Array(data[42..<44]) == [26, 0])

      for (line, answer) in [("set txdelay 0.25", "OK"), ("get txdelay", "> 0.25")] {
        _ = try await peer.send(#"{"do": "command", "to": "\#(to)", "text": "\#(line)"}"#)
        let text = try #require(TextMessage(parsing: try await peer.opens(type: .text)))
        #expect(text.text == answer)
      }
    }
  }
}
