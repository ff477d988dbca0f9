internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockSystem
internal import InterlockWire

/// What a complete payload says.
struct PayloadReport {
  let packet: Packet
  let keys: DecodeKeys

  func report() -> Report {
    var report = Report()
    var reader = ByteReader(packet.payload)
    switch packet.payloadType {
    case .advert: addAdvert(to: &report)
    case .request, .response, .text, .path: addEnvelope(&reader, to: &report)
    case .anonymousRequest: addAnonymousRequest(&reader, to: &report)
    case .acknowledgement: addAcknowledgement(&reader, to: &report)
    case .groupText, .groupData: addGroup(&reader, to: &report)
    case .trace: addTrace(&reader, to: &report)
    case .multipart: addMultipart(&reader, to: &report)
    case .control: addControl(&reader, to: &report)
    default: report.add("raw", .string(Hex.encode(packet.payload)))
    }
    return report
  }

  private func addAdvert(to report: inout Report) {
    report.add("raw", .string(Hex.encode(packet.payload)))
  }

  private func addEnvelope(_ reader: inout ByteReader, to report: inout Report) {
    addHex("destination", reader.bytes(1), to: &report)
    addHex("source", reader.bytes(1), to: &report)
    addSealed(&reader, to: &report)
  }

  private func addAnonymousRequest(_ reader: inout ByteReader, to report: inout Report) {
    addHex("destination", reader.bytes(1), to: &report)
    addHex("sender_key", reader.bytes(32), to: &report)
    addSealed(&reader, to: &report)
  }

  private func addGroup(_ reader: inout ByteReader, to report: inout Report) {
    addHex("channel", reader.bytes(1), to: &report)
    addSealed(&reader, to: &report)
  }

  private func addSealed(_ reader: inout ByteReader, to report: inout Report) {
    addHex("mac", reader.bytes(2), to: &report)
    report.add("ciphertext_bytes", .integer(reader.remaining))
    addHex("ciphertext", reader.takeRest(), to: &report)
  }

  private func addAcknowledgement(_ reader: inout ByteReader, to report: inout Report) {
    addHex("checksum", reader.bytes(4), to: &report)
    if let attempt = reader.uint8() { report.add("attempt", .integer(attempt)) }
    if !reader.isAtEnd { addHex("distinct", reader.takeRest(), to: &report) }
  }

  private func addTrace(_ reader: inout ByteReader, to report: inout Report) {
    addHex("tag", reader.bytes(4), to: &report)
    addHex("authentication", reader.bytes(4), to: &report)
    let flags = reader.uint8() ?? 0
    let width = 1 << Int(flags & 3)
    report.add("flags", .integer(flags), "\(flags): \(width) bytes a hop")
    var nodes: [String] = []
    while let node = reader.bytes(width) { nodes.append(Hex.encode(node)) }
    report.add(
      "nodes", .array(nodes.map { .string($0) }),
      nodes.isEmpty ? "none" : nodes.joined(separator: " "))
    if !reader.isAtEnd { addHex("rest", reader.takeRest(), to: &report) }
    let next = packet.pathField.hopCount
    report.add(
      "next", next < nodes.count ? .string(nodes[next]) : .null,
      next < nodes.count ? nodes[next] : "nobody: the end of the path")
  }

  private func addMultipart(_ reader: inout ByteReader, to report: inout Report) {
    let first = reader.uint8() ?? 0
    report.add("remaining", .integer(first >> 4))
    let inner = PayloadType(rawValue: first)
    report.add("inner_type", .string("\(inner)"))
    if inner == .acknowledgement, reader.remaining >= inner.minimumPayloadBytes {
      addAcknowledgement(&reader, to: &report)
    } else {
      addHex("raw", reader.takeRest(), to: &report)
    }
  }

  private func addControl(_ reader: inout ByteReader, to report: inout Report) {
    let first = reader.uint8() ?? 0
    report.add("zero_hop_only", .bool(first & 0x80 != 0))
    switch first >> 4 {
    case 8:
      guard let filter = reader.uint8(), let tag = reader.bytes(4) else { break }
      report.add("kind", .string("discovery_request"))
      report.add("prefix_only", .bool(first & 1 != 0))
      let wanted = (0..<8).filter { filter >> $0 & 1 == 1 }
      report.add(
        "node_types", .array(wanted.map { .integer($0) }),
        wanted.map { NodeTypeName.of(UInt8($0)) }.joined(separator: ", "))
      addHex("tag", tag, to: &report)
      if let since = reader.uint32() { addTime("since", since, to: &report) }
      return
    case 9:
      guard let signal = reader.uint8(), let tag = reader.bytes(4) else { break }
      report.add("kind", .string("discovery_response"))
      report.add("node_type", .integer(first & 15), NodeTypeName.of(first & 15))
      let decibels = Double(Int8(bitPattern: signal)) / 4
      report.add("request_snr_db", .double(decibels), "\(decibels) dB")
      addHex("tag", tag, to: &report)
      addHex("public_key", reader.takeRest(), to: &report)
      return
    default: break
    }
    report.add("kind", .string("unknown"))
    report.add("raw", .string(Hex.encode(packet.payload)))
  }

  private func addTime(_ name: String, _ seconds: UInt32, to report: inout Report) {
    report.add(
      name, .integer(seconds),
      "\(seconds) (\(Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000)))")
  }

  private func addHex(_ name: String, _ bytes: ArraySlice<UInt8>?, to report: inout Report) {
    guard let bytes else { return }
    report.add(name, .string(Hex.encode(bytes)))
  }
}

/// What kinds of nodes are called.
enum NodeTypeName {
  static func of(_ type: UInt8) -> String {
    switch type {
    case 0: "none"
    case 1: "chat"
    case 2: "repeater"
    case 3: "room server"
    case 4: "sensor"
    default: "type \(type)"
    }
  }
}

/// Keys that open messages.
struct DecodeKeys: Sendable {
  var channels: [[UInt8]] = []
}
