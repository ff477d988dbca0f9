import Foundation
import InterlockMeshCore
import InterlockWire
import TestSupport
import Testing

/// The radio that `pymc_core` runs, in a process of its own.
final class PymcPeer: Sendable {
  let lines: Dialogue

  init(port: String) throws {
    lines = try Dialogue(
      "pymc_core", PeerPython.program,
      [
        "-u", PeerPython.script("PeerTests/Peers/pymc_radio.py"), port,
        String(repeating: "21", count: 32),
      ])
  }

  /// Lets it send, and waits until its modem has confirmed.
  ///
  /// - Returns: the packet, as it was on the air.
  func send(_ command: String) async throws -> Packet {
    try lines.say(command)
    let event = try await lines.hear("the end of \(command)") {
      ["sent", "error"].contains($0["event"]?.string)
    }
    #expect(event["confirmed"] == true, "\(event)")
    return try Packet(parsing: try #require(event["hex"]?.string.flatMap { Hex.decode($0) }))
  }

  /// Waits until it hears a packet of a type; `pymc_core` must have understood it too.
  func hears(type: PayloadType) async throws -> Packet {
    let event = try await lines.hear("a packet of type \(type)") {
      $0["event"]?.string == "heard" && $0["type"] == .integer(Int(type.rawValue))
    }
    let packet = try Packet(parsing: try #require(event["hex"]?.string.flatMap { Hex.decode($0) }))
    #expect(event["parsed"] == true, "\(event)")
    #expect(event["path"]?.string == Hex.encode(packet.path))
    #expect(event["payload"]?.string == Hex.encode(packet.payload))
    // Its hash is the whole digest; ours is the part of it that the mesh uses.
    #expect(event["hash"]?.string?.hasPrefix("\(packet.packetHash)") == true)
    return packet
  }

  /// Waits until it has opened a packet of a type that was encrypted for it.
  ///
  /// - Returns: what it read.
  func opens(type: PayloadType) async throws -> [UInt8] {
    let event = try await lines.hear("a packet of type \(type) for it") {
      $0["event"]?.string == "opened" && $0["type"] == .integer(Int(type.rawValue))
    }
    return try #require(event["plaintext"]?.string.flatMap { Hex.decode($0) })
  }
}
