public import Interlock
internal import InterlockRadio

/// Discovery between neighbours.
extension RepeaterMachine {
  /// Discovery requests that are answered in any stretch of `discoveryWindow`.
  static let discoveryAnswers = 4
  /// The stretch that `discoveryAnswers` is counted in.
  static let discoveryWindow = Duration.seconds(120)
  /// An answer is drawn from a window this many times that of a flood: all neighbours answer.
  private static let answerWindows: Int64 = 4
  /// How long answers to this node's own request are taken.
  private static let answersTaken = Duration.seconds(60)

  /// Control with bit 7 set, which only neighbours may send.
  mutating func decideControl(_ reception: Reception, at now: Instant) -> Decision {
    let packet = reception.packet
    emit(.deliver(packet, .local))
    if let request = DiscoveryRequest(parsing: packet.payload) {
      answer(request, reception, at: now)
    } else if let response = DiscoveryResponse(parsing: packet.payload) {
      take(response, reception, at: now)
    }
    return Decision(.consumed(.local), hash: packet.packetHash)
  }

  private mutating func answer(
    _ request: DiscoveryRequest, _ reception: Reception, at now: Instant
  ) {
    guard request.asksFor(.repeater), configuration.mode == .forward,
      configuration.allowsDiscovery,
      request.since.map({ configuration.discoveryChangedAt >= $0 }) ?? true,
      discoveryLimit.take(at: now)
    else { return }
    let response = DiscoveryResponse(
      nodeType: .repeater, snrQuarterDB: Int8(clamping: reception.snrQuarterDB ?? 0),
      tag: request.tag, key: publicKey, prefixOnly: request.wantsPrefixOnly)
    guard let packet = Packet(route: .direct, type: .control, payload: response.payload) else {
      return
    }
    let window = delays.floodWindow(for: packet).widened(by: Self.answerWindows)
    originate(packet, kind: .direct, priority: 0, window: window, at: now)
  }

  private mutating func take(
    _ response: DiscoveryResponse, _ reception: Reception, at now: Instant
  ) {
    guard response.nodeType == .repeater, let asked = discoveryTag, asked.tag == response.tag,
      asked.at.duration(to: now) <= Self.answersTaken
    else { return }
    neighbours.heard(
      Neighbour(
        key: response.key, lastHeard: now, snrQuarterDB: reception.snrQuarterDB,
        rssiDBm: reception.rssiDBm))
  }

  /// Asks the repeaters around to tell who they are; `.transmit` follows.
  public mutating func discover(at now: Instant) {
    let tag = UInt32.random(in: 0 ... .max, using: &generator)
    discoveryTag = (tag, now)
    let request = DiscoveryRequest(filter: 1 << NodeType.repeater.rawValue, tag: tag)
    guard let packet = Packet(route: .direct, type: .control, payload: request.payload) else {
      return
    }
    originate(packet, kind: .direct, priority: 0, window: .none, at: now)
  }
}
