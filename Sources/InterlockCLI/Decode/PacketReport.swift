internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockWire

/// Everything a packet says, as facts.
struct PacketReport {
  let keys: DecodeKeys

  func report(on packet: Packet) -> Report {
    var report = Report()
    report.add("type", .string("\(packet.payloadType)"))
    report.add("route", .string("\(packet.route)"))
    report.add("bytes", .integer(packet.frame.count))
    if let codes = packet.transportCodes {
      report.add(
        "transport_codes", .array([.integer(codes.region), .integer(codes.reserved)]),
        codes.areZero
          ? "0/0: an advert that was passed on by hand"
          : "\(codes.region)/\(codes.reserved)")
    }
    addPath(of: packet, to: &report)
    report.add("payload_bytes", .integer(packet.payloadByteCount))
    report.add("hash", .string("\(packet.packetHash)"))
    if packet.payloadByteCount == 0 {
      report.add("note", .string("empty_payload"), "without a payload: no repeater relays it")
    } else if packet.payloadByteCount < packet.payloadType.minimumPayloadBytes {
      report.add(
        "note", .string("incomplete"),
        "incomplete: \(packet.payloadType) needs \(packet.payloadType.minimumPayloadBytes) bytes")
    } else {
      report.add("payload", PayloadReport(packet: packet, keys: keys).report())
    }
    return report
  }

  private func addPath(of packet: Packet, to report: inout Report) {
    let field = packet.pathField
    if packet.payloadType == .trace {
      report.add("signals_collected", .integer(field.hopCount))
      report.add(
        "signals_db", .array(packet.signals.map { .double($0) }),
        packet.signals.map { "\($0) dB" }.joined(separator: ", "))
      return
    }
    report.add("hash_size", .integer(field.hashSize), "\(field.hashSize) bytes a hop")
    report.add("hops", .integer(field.hopCount))
    let meaning = packet.route.isFlood ? "passed" : "still to visit"
    report.add(
      "path", .array(packet.hops.map { .string($0) }),
      packet.hops.isEmpty ? "empty" : "\(packet.hops.joined(separator: " ")) (\(meaning))")
  }
}
