import BenchHarness
import Foundation
import Interlock
import InterlockMeshCore
import InterlockRadio

/// A repeater's work on one frame it hears: parse, hash, duplicate check, decide, serialise.
///
/// Every packet comes in three copies, as in a mesh of moderate density. `INTERLOCK_FRAMES` names a
/// file of frames, one in hexadecimal a line, so that another program can be given the same ones.
let meshCoreRepeater = Benchmark(
  name: "meshcore-repeater",
  workload: "parse, hash, look up, decide and serialise a frame heard in 3 copies; per frame",
  operations: 1_000_000,
  cases: [
    // A frame that is relayed is built anew, and a copy's record may have to grow: 0.35 of these frames.
    .init(name: "RepeaterMachine", mostAllocations: 0.5) { count in
      var repeater = RepeaterUnderLoad()
      blackHole(repeater.hear(count))
    }
  ])

/// The steps of that work, each with those before it, of the same frames.
let meshCorePacket = Benchmark(
  name: "meshcore-packet",
  workload: "parse a frame; then hash it; then look it up; parse and add a hop; per frame",
  operations: 1_000_000,
  cases: [
    .init(name: "parse", mostAllocations: 0.05) { count in
      var payloadBytes = 0
      RepeaterUnderLoad.parse(count) { payloadBytes += $0.payloadByteCount }
      blackHole(payloadBytes)
    },
    .init(name: "parse and hash", mostAllocations: 0.05) { count in
      var sum: UInt64 = 0
      RepeaterUnderLoad.parse(count) { sum &+= $0.packetHash.value }
      blackHole(sum)
    },
    .init(name: "parse, hash and look up", mostAllocations: 0.05) { count in
      var seen = SeenTable(capacity: 16_384, expiry: .seconds(3600), seed: 1)
      var fresh = 0
      RepeaterUnderLoad.parse(count) { packet in
        if seen.insertIfAbsent(packet.packetHash, at: .origin) { fresh += 1 }
      }
      blackHole(fresh)
    },
    .init(name: "parse and add a hop", mostAllocations: 1.05) { count in
      let key = KeyPrefix(RepeaterUnderLoad.key)
      var bytes = 0
      RepeaterUnderLoad.parse(count) { bytes += $0.appendingHop(of: key)?.frame.count ?? 0 }
      blackHole(bytes)
    },
  ])

/// The repeater that is measured.
func benchRepeater(seenCapacity: Int = RepeaterConfiguration().seenCapacity) -> RepeaterMachine {
  var configuration = RepeaterConfiguration()
  configuration.seenCapacity = seenCapacity
  guard let key = PublicKey(benchKey) else { fatalError("a key has 32 bytes") }
  return RepeaterMachine(
    configuration: configuration, publicKey: key,
    settings: LoRaSettings(
      frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8,
      codingRateDenominator: 8), seed: 1)
}

private let benchKey = [UInt8](repeating: 0x51, count: 32)

/// One repeater that hears the frames of a file over and over, each time after it has forgotten them.
private struct RepeaterUnderLoad {
  /// The prefix by which direct frames of the file name this node.
  static let key = benchKey

  static let frames: [[UInt8]] = {
    guard let path = ProcessInfo.processInfo.environment["INTERLOCK_FRAMES"] else {
      return generated()
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      fatalError("INTERLOCK_FRAMES: \(path) cannot be read")
    }
    return text.split(separator: "\n").map { line in
      let digits = Array(line.utf8)
      return stride(from: 0, to: digits.count - 1, by: 2).map { index in
        UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) ?? 0
      }
    }
  }()

  /// Parses so many frames; all are packets.
  static func parse(_ count: Int, _ body: (Packet) -> Void) {
    let frames = frames
    for index in 0..<count {
      guard let packet = try? Packet(parsing: frames[index % frames.count]) else {
        fatalError("frame \(index % frames.count) is no packet")
      }
      body(packet)
    }
  }

  private var machine: RepeaterMachine
  private var now = Instant.origin

  init() {
    // As many as the file has, so that each pass forgets by the clock and not for want of room.
    machine = benchRepeater(seenCapacity: 16_384)
  }

  /// Hears so many frames; gives the number of bytes to send.
  mutating func hear(_ count: Int) -> Int {
    let frames = Self.frames
    var bytes = 0
    for index in 0..<count {
      let place = index % frames.count
      // A new hour begins with each pass, so that its packets are new again.
      if place == 0 { now = now.advanced(by: .seconds(3601)) }
      _ = machine.receive(
        ReceivedFrame(bytes: frames[place], snrQuarterDB: 24, rssiDBm: -90, receivedAt: now),
        at: now)
      while let action = machine.nextAction() {
        if case .transmit(let outgoing) = action { bytes += outgoing.bytes.count }
      }
    }
    return bytes
  }

  /// Group texts, messages, acknowledgements and direct packets, in the proportions of a busy mesh.
  private static func generated() -> [[UInt8]] {
    var random = SeededGenerator(seed: 1)
    var frames: [[UInt8]] = []
    func bytes(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    for _ in 0..<4096 {
      let kind = Int.random(in: 0..<10, using: &random)
      let payload = bytes(kind == 0 ? 4 : Int.random(in: 20...120, using: &random))
      for _ in 0..<3 {
        let hops = Int.random(in: 0...6, using: &random)
        switch kind {
        case 0: frames.append([0x0D, UInt8(hops)] + bytes(hops) + payload)
        case 1, 2: frames.append([0x0A, UInt8(hops + 1), key[0]] + bytes(hops) + payload)
        case 3: frames.append([0x0A, UInt8(hops + 1), 0x77] + bytes(hops) + payload)
        case 4...6: frames.append([0x09, UInt8(hops)] + bytes(hops) + payload)
        default: frames.append([0x15, UInt8(hops)] + bytes(hops) + payload)
        }
      }
    }
    frames.shuffle(using: &random)
    return frames
  }
}
