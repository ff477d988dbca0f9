internal import InterlockMeshCore

extension FuzzTarget {
  /// Packets: a frame is refused, or comes back byte for byte, as does everything inside it.
  static let packet = FuzzTarget(name: "packet") { bytes in
    guard let packet = try? Packet(parsing: bytes) else { return }
    precondition(packet.serialized() == bytes, "a packet changed")
    precondition(packet.path.count + packet.payloadByteCount < bytes.count, "parts overlap")
    _ = packet.packetHash
    let payload = packet.payload
    if let envelope = Envelope(parsing: payload) {
      precondition(envelope.payload == Array(payload), "an envelope changed")
    }
    if let envelope = AnonymousEnvelope(parsing: payload) {
      precondition(envelope.payload == Array(payload), "an anonymous envelope changed")
    }
    if let envelope = ChannelEnvelope(parsing: payload) {
      precondition(envelope.payload == Array(payload), "a channel envelope changed")
    }
    if let multipart = Multipart(parsing: payload) {
      precondition(multipart.payload == Array(payload), "a part changed")
    }
    if let acknowledgement = Acknowledgement(parsing: payload) {
      precondition(acknowledgement.payload == Array(payload), "an acknowledgement changed")
    }
    readPlaintexts(Array(payload))
    if let request = DiscoveryRequest(parsing: payload) {
      precondition(DiscoveryRequest(parsing: request.payload[...]) == request)
    }
    if let response = DiscoveryResponse(parsing: payload) {
      precondition(DiscoveryResponse(parsing: response.payload[...]) == response)
    }
  }

  private static func readPlaintexts(_ plaintext: [UInt8]) {
    if let text = TextMessage(parsing: plaintext) {
      precondition(TextMessage(parsing: text.plaintext) == text, "a text changed")
    }
    if let path = PathReturn(parsing: plaintext) {
      precondition(path.plaintext == plaintext, "a path changed")
    }
    if let request = AnonymousRequest(parsing: plaintext) {
      precondition(AnonymousRequest(parsing: request.plaintext) == request, "a request changed")
    }
    if let data = ChannelData(parsing: plaintext) {
      precondition(plaintext.starts(with: data.plaintext), "channel data changed")
    }
  }
}
