internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockWire

/// What a complete payload says.
struct PayloadReport {
  let packet: Packet
  let keys: DecodeKeys

  func report() -> Report {
    var report = Report()
    let isUnderstood =
      switch packet.payloadType {
      case .advert: addAdvert(to: &report)
      case .request, .response, .text, .path: addEnvelope(to: &report)
      case .anonymousRequest: addAnonymousEnvelope(to: &report)
      case .acknowledgement: addAcknowledgement(to: &report)
      case .groupText, .groupData: addChannelEnvelope(to: &report)
      case .trace: addTrace(to: &report)
      case .multipart: addMultipart(to: &report)
      case .control: addControl(to: &report)
      default: false
      }
    if !isUnderstood { report.addHex("raw", packet.payload) }
    return report
  }

  private func addAdvert(to report: inout Report) -> Bool {
    guard let advert = Advert(parsing: packet.payload) else { return false }
    report.add("public_key", .string("\(advert.publicKey)"))
    report.addTime("timestamp", advert.timestamp)
    let isValid = advert.isSignatureValid
    report.add("signature_valid", .bool(isValid), isValid ? "valid" : "NOT VALID: it is forged")
    report.addHex("signature", advert.signature)
    guard let data = advert.data else {
      report.add("says", .null, "nothing about itself")
      return true
    }
    report.add("node_type", .integer(data.nodeType.rawValue), "\(data.nodeType)")
    if let location = data.location {
      let latitude = Double(location.latitudeE6) / 1e6
      let longitude = Double(location.longitudeE6) / 1e6
      report.add("latitude", .double(latitude), "\(latitude)°")
      report.add("longitude", .double(longitude), "\(longitude)°")
    }
    if let feature = data.feature1 { report.add("feature1", .integer(feature)) }
    if let feature = data.feature2 { report.add("feature2", .integer(feature)) }
    if let bytes = data.nameBytes {
      let name = String(decoding: bytes, as: UTF8.self)
      report.add("name", .string(name), name.withoutControls)
    }
    if !data.isComplete {
      report.add("complete", false, "no: it ends before what its flags promise")
    }
    return true
  }

  private func addEnvelope(to report: inout Report) -> Bool {
    guard let envelope = Envelope(parsing: packet.payload) else { return false }
    report.addHex("destination", [envelope.destination])
    report.addHex("source", [envelope.source])
    addSealed(envelope.sealed, opened: keys.open(envelope), to: &report)
    return true
  }

  private func addAnonymousEnvelope(to report: inout Report) -> Bool {
    guard let envelope = AnonymousEnvelope(parsing: packet.payload) else { return false }
    report.addHex("destination", [envelope.destination])
    report.add("sender_key", .string("\(envelope.sender)"))
    addSealed(envelope.sealed, opened: keys.open(envelope), to: &report)
    return true
  }

  private func addChannelEnvelope(to report: inout Report) -> Bool {
    guard let envelope = ChannelEnvelope(parsing: packet.payload) else { return false }
    report.addHex("channel", [envelope.channelHash])
    addSealed(envelope.sealed, opened: keys.open(envelope), to: &report)
    return true
  }

  private func addSealed(_ sealed: ArraySlice<UInt8>, opened: [UInt8]?, to report: inout Report) {
    report.addHex("mac", sealed.prefix(MessageSecret.macBytes))
    let ciphertext = sealed.dropFirst(MessageSecret.macBytes)
    report.add("ciphertext_bytes", .integer(ciphertext.count))
    report.addHex("ciphertext", ciphertext)
    if let opened {
      report.add("message", PlaintextReport.report(on: opened, of: packet.payloadType))
    }
  }

  private func addAcknowledgement(to report: inout Report) -> Bool {
    guard let acknowledgement = Acknowledgement(parsing: packet.payload) else { return false }
    add(acknowledgement, to: &report)
    return true
  }

  private func add(_ acknowledgement: Acknowledgement, to report: inout Report) {
    // As it stands on the air: the bytes are what others compare.
    report.addHex(
      "checksum", acknowledgement.payload.prefix(Acknowledgement.checksumBytes))
    if let attempt = acknowledgement.extra.first { report.add("attempt", .integer(attempt)) }
    if acknowledgement.extra.count > 1 {
      report.addHex("distinct", acknowledgement.extra.dropFirst())
    }
  }

  private func addTrace(to report: inout Report) -> Bool {
    var reader = ByteReader(packet.payload)
    guard let tag = reader.bytes(4), let authentication = reader.bytes(4),
      let flags = reader.uint8()
    else { return false }
    report.addHex("tag", tag)
    report.addHex("authentication", authentication)
    let width = 1 << Int(flags & 3)
    report.add("flags", .integer(flags), "\(flags): \(width) bytes a hop")
    var nodes: [String] = []
    while let node = reader.bytes(width) { nodes.append(Hex.encode(node)) }
    report.add(
      "nodes", .array(nodes.map { .string($0) }),
      nodes.isEmpty ? "none" : nodes.joined(separator: " "))
    if !reader.isAtEnd { report.addHex("rest", reader.takeRest()) }
    let next = packet.pathField.hopCount
    report.add(
      "next", next < nodes.count ? .string(nodes[next]) : .null,
      next < nodes.count ? nodes[next] : "nobody: the end of the path")
    return true
  }

  private func addMultipart(to report: inout Report) -> Bool {
    guard let multipart = Multipart(parsing: packet.payload) else { return false }
    report.add("remaining", .integer(multipart.remaining))
    report.add("inner_type", .string("\(multipart.innerType)"))
    if let acknowledgement = multipart.acknowledgement {
      add(acknowledgement, to: &report)
    } else {
      report.addHex("raw", multipart.inner)
    }
    return true
  }

  private func addControl(to report: inout Report) -> Bool {
    if let first = packet.payload.first { report.add("zero_hop_only", .bool(first & 0x80 != 0)) }
    if let request = DiscoveryRequest(parsing: packet.payload) {
      report.add("kind", .string("discovery_request"))
      report.add("prefix_only", .bool(request.wantsPrefixOnly))
      let wanted = (UInt8(0)..<8).filter { request.filter >> $0 & 1 == 1 }
      report.add(
        "node_types", .array(wanted.map { .integer($0) }),
        wanted.map { "\(NodeType(rawValue: $0))" }.joined(separator: ", "))
      report.add("tag", .integer(request.tag))
      if let since = request.since { report.addTime("since", since) }
      return true
    }
    if let response = DiscoveryResponse(parsing: packet.payload) {
      report.add("kind", .string("discovery_response"))
      report.add("node_type", .integer(response.nodeType.rawValue), "\(response.nodeType)")
      let decibels = Double(response.snrQuarterDB) / 4
      report.add("request_snr_db", .double(decibels), "\(decibels) dB")
      report.add("tag", .integer(response.tag))
      report.addHex("public_key", response.key)
      return true
    }
    report.add("kind", .string("unknown"))
    return false
  }
}
