internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio

/// Something that speaks now and then in a simulated mesh.
enum TrafficSource: Sendable, Hashable {
  /// A companion says something to everybody.
  case group
  /// A companion says something to another.
  case direct
  /// A companion probes a path.
  case trace
}

extension MeshWorld {
  /// What an acknowledging companion waits first, as the firmware does.
  private static let acknowledgementDelay = Duration.milliseconds(200)
  private static let secondsPerDay = 86_400.0

  mutating func scheduleTraffic() {
    for source in [TrafficSource.group, .direct, .trace] { scheduleNext(source) }
  }

  /// Moments without memory: the gaps between them are exponentially distributed.
  private mutating func scheduleNext(_ source: TrafficSource) {
    let perDay =
      switch source {
      case .group: plan.traffic.groupMessagesPerDay
      case .direct: plan.traffic.directMessagesPerDay
      case .trace: plan.traffic.tracesPerDay
      }
    guard perDay > 0, !companions.isEmpty else { return }
    let gap = Decibels.exponential(mean: Self.secondsPerDay / perDay, using: &generator)
    schedule(source, after: .nanoseconds(Int64(gap * 1e9)))
  }

  mutating func speak(_ source: TrafficSource) {
    scheduleNext(source)
    guard let speaker = companions.randomElement(using: &generator) else { return }
    switch source {
    case .group: sayToAll(from: speaker)
    case .direct:
      guard let other = companions.randomElement(using: &generator), other != speaker else {
        return
      }
      say(to: other, from: speaker)
    case .trace: probe(from: speaker)
    }
  }

  private mutating func randomBytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// As much as an encrypted text: authentication code and whole cipher blocks.
  private mutating func ciphertext() -> [UInt8] {
    randomBytes(2 + 16 * Int.random(in: plan.traffic.textBlocks, using: &generator))
  }

  private mutating func sayToAll(from speaker: Int) {
    guard
      let packet = Packet(
        route: .flood, type: .groupText, payload: [MeshPlan.channelHash] + ciphertext())
    else { return }
    book.add(.group, from: speaker, hash: packet.packetHash, at: now)
    report.group.sent += 1
    report.group.expected += companions.count - 1
    submit(packet, kind: .flood, priority: 1, at: speaker)
  }

  private mutating func say(to other: Int, from speaker: Int) {
    guard let path = path(from: speaker, to: other),
      let packet = directPacket(
        .text, along: path,
        payload: [nodes[other].publicKey[0], nodes[speaker].publicKey[0]] + ciphertext())
    else { return }
    book.add(.direct(to: other), from: speaker, hash: packet.packetHash, at: now)
    report.direct.sent += 1
    report.direct.expected += 1
    submit(packet, kind: .direct, priority: 0, at: speaker)
  }

  private mutating func acknowledge(_ message: Int, from reader: Int) {
    guard let path = path(from: reader, to: book[message].origin),
      let packet = directPacket(.acknowledgement, along: path, payload: randomBytes(6))
    else { return }
    book.add(.acknowledgement(of: message), from: reader, hash: packet.packetHash, at: now)
    report.acknowledgements.sent += 1
    report.acknowledgements.expected += 1
    submit(
      packet, kind: .acknowledgement, priority: 0, delay: Self.acknowledgementDelay, at: reader)
  }

  /// To one or two repeaters and back.
  private mutating func probe(from speaker: Int) {
    guard let first = paths.relaysAround(speaker).randomElement(using: &generator) else { return }
    let second = paths.relaysAround(first).randomElement(using: &generator)
    let way = second.map { [first, $0, first] } ?? [first]
    let tag = UInt32.random(in: 0 ... .max, using: &generator)
    let tagBytes = (0..<4).map { UInt8(truncatingIfNeeded: tag >> (8 * UInt32($0))) }
    let hops = way.map { nodes[$0].publicKey[0] }
    guard
      let packet = Packet(
        route: .direct, type: .trace, payload: tagBytes + [0, 0, 0, 0, 0] + hops)
    else { return }
    book.add(.trace, from: speaker, tag: tag, at: now)
    report.traces.sent += 1
    report.traces.expected += 1
    submit(packet, kind: .direct, priority: 5, at: speaker)
  }

  private func path(from start: Int, to end: Int) -> [UInt8]? {
    paths.relays(from: start, to: end, maximum: plan.traffic.longestPath)?
      .map { nodes[$0].publicKey[0] }
  }

  private func directPacket(_ type: PayloadType, along path: [UInt8], payload: [UInt8]) -> Packet? {
    guard let field = PathField(hopCount: path.count, hashSize: 1) else { return nil }
    return Packet(route: .direct, type: type, pathField: field, path: path, payload: payload)
  }

  private mutating func submit(
    _ packet: Packet, kind: PacketKind, priority: Int, delay: Duration = .zero, at index: Int
  ) {
    let label = PacketLabel(
      identifier: packet.packetHash.value, type: packet.payloadType.description,
      route: packet.route.description)
    submit(
      TransmitRequest(
        frame: packet.serialized(), label: label, origin: .local, kind: kind, priority: priority,
        delay: delay, receivedAt: now), at: index)
  }

  // MARK: Reading

  /// A companion looks at what it heard.
  mutating func read(_ frame: ReceivedFrame, at index: Int) {
    // What the air delivers was sent by one of the machines, or by a stranger: then it is skipped.
    guard let packet = try? Packet(parsing: frame.bytes) else { return }
    if packet.payloadType == .trace { return readTrace(packet, at: index) }
    guard packet.route.isFlood || packet.pathField.hopCount == 0,
      let message = book.number(of: packet.packetHash)
    else { return }
    switch book[message].kind {
    case .group:
      if index != book[message].origin, book.heard(message, by: index) {
        report.group.arrived += 1
      }
    case .direct(let reader):
      guard reader == index, book.heard(message, by: index) else { return }
      report.direct.arrived += 1
      acknowledge(message, from: index)
    case .acknowledgement(let answered):
      if book[answered].origin == index, book.heard(message, by: index) {
        report.acknowledgements.arrived += 1
      }
    case .trace, .advert:
      break
    }
  }

  private mutating func readTrace(_ packet: Packet, at index: Int) {
    // One signal for each hop named after the nine fixed bytes: it has been everywhere.
    let payload = Array(packet.payload)
    guard payload.count >= 9, packet.pathField.hopCount == payload.count - 9 else { return }
    let tag = payload.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard let message = book.number(ofTrace: tag), book[message].origin == index,
      book.heard(message, by: index)
    else { return }
    report.traces.arrived += 1
  }
}
