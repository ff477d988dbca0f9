internal import Interlock
internal import InterlockRadio

/// Packets that travel along a path.
extension RepeaterMachine {
  /// How long one relayed copy of an acknowledgement waits for the other.
  private static let acknowledgementSpacingMicroseconds: Int64 = 300_000
  /// The priority of a probe, behind everything direct.
  private static let tracePriority = 5

  mutating func decideDirect(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    let type = packet.payloadType
    if type == .trace { return decideTrace(reception, at: now) }
    if type == .control, packet.payloadByteCount > 0, packet.payloadByte(0) >= 0x80 {
      guard packet.pathField.hopCount == 0 else { return .dropped(.controlZeroHopOnly) }
      return decideControl(reception, at: now)
    }
    guard packet.pathField.hopCount > 0 else { return decideArrived(reception, at: now) }
    guard
      ownPrefix.matches(
        packet.frame, at: packet.pathRange.lowerBound, count: packet.pathField.hashSize)
    else { return .dropped(.notNextHop) }
    guard configuration.mode == .forward else { return .dropped(.repeatOff) }
    guard packet.payloadByteCount > 0 else { return .dropped(.emptyPayload) }
    switch type {
    case .acknowledgement: return relayAcknowledgement(reception, at: now)
    case .multipart: return relayMultipart(reception, at: now)
    default: return relayAlongPath(reception, at: now)
    }
  }

  private mutating func relayAlongPath(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    let hash = packet.packetHash
    if let original = seen.refresh(hash, at: now) {
      return Decision(.dropped(.duplicate), hash: hash, original: original)
    }
    guard let edited = packet.removingFirstHop() else { return .dropped(.noPath) }
    seen.insertAbsent(hash, note: recent.nextSequence, at: now)
    return relay(
      edited, as: .direct, priority: 0,
      window: delays.directWindow(for: edited), hash: hash, reception)
  }

  /// An acknowledgement is re-issued as a plain direct one, at once: it is short and waited for.
  private mutating func relayAcknowledgement(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    guard packet.payloadByteCount >= PayloadType.acknowledgement.minimumPayloadBytes else {
      return .dropped(.incomplete)
    }
    return reissue(
      reception, bytes: packet.payloadRange, key: packet.packetHash, afterMicroseconds: 0, at: now)
  }

  /// Of what comes in parts only a repeated acknowledgement is known; it is unwrapped.
  ///
  /// Its key is that of the unwrapped bytes under the type MULTIPART: copies that differ only in how
  /// many are still to come are one, and the plain acknowledgement that follows is another packet.
  private mutating func relayMultipart(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    let minimum = PayloadType.acknowledgement.minimumPayloadBytes + 1
    let inner = packet.payloadRange.dropFirst()
    guard packet.payloadByteCount >= minimum,
      packet.payloadByte(0) & 15 == PayloadType.acknowledgement.rawValue
    else { return .dropped(.multipartNotAcknowledgement) }
    let key = PacketHash(
      type: .multipart, count: nil, payload: packet.frame.span.extracting(inner))
    let remaining = Int64(packet.payloadByte(0) >> 4)
    return reissue(
      reception, bytes: inner, key: key,
      afterMicroseconds: (remaining + 1) * Self.acknowledgementSpacingMicroseconds, at: now)
  }

  private mutating func reissue(
    _ reception: Reception, bytes: Range<Int>, key: PacketHash, afterMicroseconds: Int64,
    at now: Instant
  ) -> Decision {
    if let original = seen.refresh(key, at: now) {
      return Decision(.dropped(.duplicate), hash: key, original: original)
    }
    guard let plain = reception.packet.reissuedAcknowledgement(bytes: bytes) else {
      return .dropped(.noPath)
    }
    var window = DelayWindow.none.shifted(byMicroseconds: afterMicroseconds)
    var delay = afterMicroseconds
    if configuration.sendsAcknowledgementsTwice,
      let copy = reception.packet.reissuedAcknowledgement(bytes: bytes, remaining: 1)
    {
      // Both wait alike; the pipeline keeps their order.
      window = delays.directWindow(for: plain).shifted(
        byMicroseconds: afterMicroseconds + Self.acknowledgementSpacingMicroseconds)
      delay = window.draw(using: &generator)
      emit(
        .transmit(
          OutgoingFrame(
            bytes: copy.frame, hash: key, seenKey: nil, kind: .acknowledgement, origin: .relay,
            priority: 0, window: window, delayMicroseconds: delay,
            receivedAt: reception.receivedAt)))
    }
    seen.insertAbsent(key, note: recent.nextSequence, at: now)
    let outgoing = OutgoingFrame(
      bytes: plain.frame, hash: key, seenKey: SeenKey(hash: key, note: recent.nextSequence),
      kind: .acknowledgement, origin: .relay,
      priority: 0, window: window, delayMicroseconds: delay, receivedAt: reception.receivedAt)
    emit(.transmit(outgoing))
    return Decision(relaying: outgoing)
  }

  private mutating func decideTrace(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    // The path holds one signal strength a hop, so its length byte is a plain count.
    guard let trace = TracePayload(packet), packet.pathField.hashSize == 1 else {
      return .dropped(packet.payloadByteCount == 0 ? .emptyPayload : .incomplete)
    }
    let width = trace.hashWidth
    let offset = packet.pathField.hopCount * width
    guard offset < trace.hashes.count else {
      emit(.deliver(packet, .endOfPath))
      return Decision(.consumed(.endOfPath), hash: packet.packetHash)
    }
    guard offset + width <= trace.hashes.count,
      ownPrefix.matches(packet.frame, at: trace.hashes.lowerBound + offset, count: width)
    else { return .dropped(.notNextHop) }
    guard configuration.mode == .forward else { return .dropped(.repeatOff) }
    let hash = packet.packetHash
    if let original = seen.refresh(hash, at: now) {
      return Decision(.dropped(.duplicate), hash: hash, original: original)
    }
    // A modem that cannot tell how it heard a frame reports nothing better than 0 dB.
    guard let edited = packet.appendingSignal(quarterDB: reception.snrQuarterDB ?? 0) else {
      return Decision(.dropped(.pathFull), hash: hash)
    }
    seen.insertAbsent(hash, note: recent.nextSequence, at: now)
    return relay(
      edited, as: .direct, priority: Self.tracePriority, window: delays.directWindow(for: edited),
      hash: hash, reception)
  }

  /// Hands a packet that was accepted on to be sent.
  mutating func relay(
    _ edited: Packet, as kind: PacketKind, priority: Int, window: DelayWindow,
    hash: PacketHash, _ reception: Reception
  ) -> Decision {
    let drawn = window.draw(using: &generator)
    let outgoing = OutgoingFrame(
      bytes: edited.frame, hash: hash, seenKey: SeenKey(hash: hash, note: recent.nextSequence),
      kind: kind, origin: .relay,
      priority: priority, window: window,
      delayMicroseconds: delays.scaled(drawn, score: reception.score),
      receivedAt: reception.receivedAt)
    emit(.transmit(outgoing))
    return Decision(relaying: outgoing)
  }
}
