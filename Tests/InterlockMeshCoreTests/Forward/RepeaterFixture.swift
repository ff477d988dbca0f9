import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio

/// A repeater on a table, with time and frames made by hand.
final class RepeaterFixture {
  static let key = PublicKey(
    Bytes32([0x51, 0x8C, 0x29, 0x64] + [UInt8](repeating: 0x33, count: 28)) ?? Bytes32())
  static let settings = LoRaSettings(
    frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8, codingRateDenominator: 8)

  var machine: RepeaterMachine
  var now = Instant.origin

  init(seed: UInt64 = 1, _ configure: (inout RepeaterConfiguration) -> Void = { _ in }) {
    var configuration = RepeaterConfiguration()
    configure(&configuration)
    machine = RepeaterMachine(
      configuration: configuration, publicKey: Self.key, settings: Self.settings, seed: seed)
  }

  func hear(_ packet: Packet?, snrQuarterDB: Int? = 40) -> Verdict {
    hear(bytes: packet?.frame ?? [], snrQuarterDB: snrQuarterDB)
  }

  func hear(bytes: [UInt8], snrQuarterDB: Int? = 40) -> Verdict {
    now = now.advanced(by: .milliseconds(1))
    return machine.receive(
      ReceivedFrame(bytes: bytes, snrQuarterDB: snrQuarterDB, rssiDBm: -90, receivedAt: now),
      at: now)
  }

  func wake(at instant: Instant) -> Verdict? { machine.wake(at: instant)?.verdict }

  func sent() -> [OutgoingFrame] {
    var frames: [OutgoingFrame] = []
    while let action = machine.nextAction() {
      if case .transmit(let frame) = action { frames.append(frame) }
    }
    return frames
  }

  static func flood(
    _ payload: [UInt8] = [1, 2, 3, 4, 5], type: PayloadType = .groupText, path: [UInt8] = [],
    hashSize: Int = 1
  ) -> Packet? {
    PathField(hopCount: path.count / hashSize, hashSize: hashSize).flatMap {
      Packet(route: .flood, type: type, pathField: $0, path: path, payload: payload)
    }
  }

  static func direct(_ payload: [UInt8], type: PayloadType = .text, path: [UInt8]) -> Packet? {
    PathField(hopCount: path.count, hashSize: 1).flatMap {
      Packet(route: .direct, type: type, pathField: $0, path: path, payload: payload)
    }
  }
}
