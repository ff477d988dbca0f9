import Interlock
import InterlockMeshCore
import InterlockWire
import Testing

@testable import InterlockNode
@testable import InterlockRadio

/// What `radio stats --show recent` says of one packet.
@Suite struct RecentMetricsTests {
  private static let settings = LoRaSettings(
    frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 9, codingRateDenominator: 6)

  /// The record of a text that was heard, and what became of it.
  private func record(
    _ transmission: RecentPackets.Transmission?, mode: TransmitMode = .forward
  ) throws -> JSONValue {
    var configuration = RepeaterConfiguration()
    configuration.mode = mode
    let key = try #require(PublicKey([0x51] + Array(repeating: 3, count: 31)))
    var machine = RepeaterMachine(
      configuration: configuration, publicKey: key, settings: Self.settings, seed: 1)
    // A flood over one hop, of which two copies come by others.
    let text = [0xAA, 0xBB] + [UInt8](repeating: 7, count: 18)
    for hop: UInt8 in 1...3 {
      let frame = ReceivedFrame(
        bytes: [0x09, 0x01, hop] + text, snrQuarterDB: 6, rssiDBm: -90, receivedAt: .origin)
      _ = machine.receive(frame, at: .origin)
    }
    if let transmission, case .transmit(let outgoing)? = machine.nextAction() {
      machine.note(transmission, of: try #require(outgoing.seenKey))
    }
    let now = Instant.origin.advanced(by: .seconds(5))
    let packets = NodeMetrics.recent(machine.recent.records, at: now)["packets"]?.array
    return try #require(packets?.first)
  }

  private func report(_ result: TransmitResult) -> RecentPackets.Transmission {
    .ended(
      TransmitReport(
        label: PacketLabel(identifier: 1, type: "TXT_MSG", route: "flood"), origin: .relay,
        kind: .flood, bytes: 24, result: result, airtime: .milliseconds(250), delay: .zero,
        attempts: 1, listenAttempts: 3, listenBackoff: .milliseconds(480), acceptedAt: .origin,
        finishedAt: .origin.advanced(by: .seconds(2))))
  }

  @Test func `what was sent comes with its airtime and how the channel was listened to`() throws {
    let record = try record(report(.sent))
    #expect(record["verdict"] == "forward")
    #expect(record["path"] == ["01"])
    #expect(record["destination"] == "aa" && record["source"] == "bb")
    #expect(record["bytes"] == 23 && record["payload_bytes"] == 20 && record["hash_size"] == 1)
    #expect(record["copies"] == 2)
    #expect(record["copies_kept"]?.array?.count == 2)
    let transmission = try #require(record["transmission"])
    #expect(transmission["outcome"] == "sent" && transmission["reason"] == .null)
    #expect(transmission["path"] == ["01", "51"])
    #expect(transmission["airtime_ms"] == .double(250))
    #expect(transmission["lbt_attempts"] == 3)
    #expect(transmission["lbt_wait_ms"] == .double(480))
    #expect(transmission["ended_s_ago"] == .double(3))
    #expect(record["sent"] == nil)
  }

  @Test func `what was not sent says so, and why`() throws {
    let error = ModemError(.timedOut, "no answer")
    let cases: [(RecentPackets.Transmission, String, JSONValue)] = [
      (.pending, "pending", .null), (.refused(.queueFull), "refused", "queue_full"),
      (report(.dropped(.dutyCycleGate)), "dropped", "duty_cycle_gate"),
      (report(.failed(error)), "failed", "timed_out"),
      (report(.unknown(error)), "unknown", "timed_out"),
    ]
    for (transmission, outcome, reason) in cases {
      let said = try #require(try record(transmission)["transmission"])
      #expect(said["outcome"] == .string(outcome))
      #expect(said["reason"] == reason, "\(outcome)")
    }
  }

  @Test func `a packet that is not passed on has no transmission`() throws {
    let record = try record(nil, mode: .monitor)
    #expect(record["verdict"] != "forward")
    #expect(record["transmission"] == .null)
  }
}
