public import Interlock
internal import InterlockRadio

/// Packets of this node's own. Each is recorded as seen when it is queued, so its echo is ignored.
extension RepeaterMachine {
  /// Sends a packet of this node's own to the whole mesh, bound to the default region if there is one.
  ///
  /// - Returns: Whether it could be built: the payload has at most 184 bytes.
  @discardableResult
  public mutating func originateFlood(_ type: PayloadType, payload: [UInt8], at now: Instant)
    -> Bool
  {
    guard let packet = configuration.ownFlood(type, payload: payload) else { return false }
    originate(
      packet, kind: type == .advert ? .advert : .flood,
      priority: type == .path ? 2 : type == .advert ? 3 : 1, window: .none, at: now)
    return true
  }

  /// Sends a packet of this node's own along a path, or with an empty one to whoever hears it.
  ///
  /// - Returns: Whether it could be built: the payload has at most 184 bytes.
  @discardableResult
  public mutating func originateDirect(
    _ type: PayloadType, pathField: PathField = PathField(rawValue: 0), path: [UInt8] = [],
    payload: [UInt8], at now: Instant
  ) -> Bool {
    guard
      let packet = Packet(
        route: .direct, type: type, pathField: pathField, path: path, payload: payload)
    else { return false }
    let kind: PacketKind =
      type == .advert ? .advert : type == .acknowledgement ? .acknowledgement : .direct
    originate(packet, kind: kind, priority: type == .path ? 1 : 0, window: .none, at: now)
    return true
  }

  /// Takes note of a packet of this node's own that is about to be sent.
  @discardableResult
  mutating func recordOwn(_ packet: Packet, at now: Instant) -> PacketHash {
    let hash = packet.packetHash
    // No record belongs to it: its echoes are copies of nothing that was heard.
    seen.insertIfAbsent(hash, note: .max, at: now)
    counters.originated += 1
    return hash
  }

  mutating func originate(
    _ packet: Packet, kind: PacketKind, priority: Int, window: DelayWindow, at now: Instant
  ) {
    let hash = recordOwn(packet, at: now)
    emit(
      .transmit(
        OutgoingFrame(
          bytes: packet.frame, hash: hash, seenKey: nil, kind: kind, origin: .local,
          priority: priority, window: window,
          delayMicroseconds: window.draw(using: &generator), receivedAt: now)))
  }
}
