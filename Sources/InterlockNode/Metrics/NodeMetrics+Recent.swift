internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

// The last packets, one by one: what was heard, what was decided, what became of it.
extension NodeMetrics {
  /// What was heard lately, the newest last.
  static func recent(_ records: [RecentPackets.Record], at now: Instant) -> JSONObject {
    ["packets": .array(records.map { .object(recent($0, at: now)) })]
  }

  private static func recent(_ record: RecentPackets.Record, at now: Instant) -> JSONObject {
    let packet = record.packet
    let addresses = addresses(of: packet)
    return [
      "sequence": .integer(record.sequence),
      "heard_s_ago": .double(seconds(since: record.receivedAt, at: now)),
      "hash": .string("\(record.hash ?? packet.packetHash)"),
      "header": .string(Hex.encode([packet.header])),
      "type": .string("\(packet.payloadType)"),
      "route": .string("\(packet.route)"),
      "bytes": .integer(packet.frame.count),
      "payload_bytes": .integer(packet.payloadByteCount),
      "hash_size": .integer(packet.pathField.hashSize),
      "path": .array(packet.hops.map { .string($0) }),
      "destination": addresses.map { .string(Hex.encode([$0.destination])) } ?? .null,
      "source": addresses.map { .string(Hex.encode([$0.source])) } ?? .null,
      "snr_db": decibels(record.snrQuarterDB),
      "rssi_dbm": record.rssiDBm.map { .integer($0) } ?? .null,
      "score": record.score.map { .double($0) } ?? .null,
      "frame": .string(Hex.encode(packet.frame)),
      "verdict": .string(record.verdict.reason),
      "transmission": transmission(of: record, at: now).map { .object($0) } ?? .null,
      "copies": .integer(record.copyCount),
      "copies_kept": .array(
        record.copies.map { copy in
          [
            "heard_s_ago": .double(seconds(since: copy.receivedAt, at: now)),
            "snr_db": decibels(copy.snrQuarterDB),
            "rssi_dbm": copy.rssiDBm.map { .integer($0) } ?? .null,
            "hops": .integer(copy.hopCount),
          ]
        }),
    ]
  }

  /// What was to be sent for a packet, and what became of that; nil when nothing was.
  private static func transmission(
    of record: RecentPackets.Record, at now: Instant
  ) -> JSONObject? {
    guard let transmission = record.transmission, let frame = record.outgoingBytes else {
      return nil
    }
    var object: JSONObject = [
      "outcome": .string(outcome(of: transmission)),
      "reason": reason(of: transmission).map { .string($0) } ?? .null,
      "frame": .string(Hex.encode(frame)),
      "delay_ms": record.delayMicroseconds.map { .double(Double($0) / 1000) } ?? .null,
    ]
    // What a repeater builds always parses.
    object["path"] = (try? Packet(parsing: frame)).map { .array($0.hops.map { .string($0) }) }
    if case .ended(let report) = transmission {
      object["ended_s_ago"] = .double(seconds(since: report.finishedAt, at: now))
      object["attempts"] = .integer(report.attempts)
      object["airtime_ms"] = .double(milliseconds(report.airtime))
      object["lbt_attempts"] = .integer(report.listenAttempts)
      object["lbt_wait_ms"] = .double(milliseconds(report.listenBackoff))
    }
    return object
  }

  private static func outcome(of transmission: RecentPackets.Transmission) -> String {
    switch transmission {
    case .pending: "pending"
    case .refused: "refused"
    case .ended(let report):
      switch report.result {
      case .sent: "sent"
      case .failed: "failed"
      case .unknown: "unknown"
      case .dropped: "dropped"
      }
    }
  }

  /// Why it was not, or perhaps not, sent.
  private static func reason(of transmission: RecentPackets.Transmission) -> String? {
    switch transmission {
    case .pending: nil
    case .refused(let reason): reason.rawValue
    case .ended(let report):
      switch report.result {
      case .sent: nil
      case .failed(let error), .unknown(let error): error.code.description
      case .dropped(let reason): reason.rawValue
      }
    }
  }

  /// First bytes of the addressee's and the sender's key, where a packet says them.
  private static func addresses(of packet: Packet) -> (destination: UInt8, source: UInt8)? {
    switch packet.payloadType {
    case .request, .response, .text, .path:
      Envelope(parsing: packet.payload).map { ($0.destination, $0.source) }
    case .anonymousRequest:
      AnonymousEnvelope(parsing: packet.payload).map { ($0.destination, $0.sender.hash) }
    default: nil
    }
  }

  private static func seconds(since past: Instant, at now: Instant) -> Double {
    milliseconds(past.duration(to: now)) / 1000
  }
}
