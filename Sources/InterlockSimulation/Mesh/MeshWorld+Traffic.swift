internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio

/// Something that speaks now and then in a simulated mesh.
enum TrafficSource: Sendable, Hashable {
  /// A companion says something to everybody.
  case group
  /// A companion writes to another.
  case direct
  /// A companion probes a path.
  case trace
  /// A node announces itself, to its neighbours or to everybody.
  case advert(Int, toAll: Bool)
}

extension MeshWorld {
  /// What an acknowledging companion waits first, as the firmware does.
  private static let acknowledgementDelay = Duration.milliseconds(200)
  private static let secondsPerDay = 86_400.0
  /// Intervals of adverts vary by as much, so that nodes do not fall into step.
  private static let advertJitter = 0.1

  // MARK: When

  mutating func scheduleTraffic() {
    for source in [TrafficSource.group, .direct, .trace] { scheduleNext(source) }
    for node in nodes.indices {
      for toAll in [false, true] where toAll || nodes[node].isRepeater {
        guard let interval = interval(ofAdvertsToAll: toAll) else { continue }
        // They were switched on at all hours.
        let first = interval * Double.random(in: 0...1, using: &generator)
        schedule(.advert(node, toAll: toAll), after: first)
      }
    }
  }

  private func interval(ofAdvertsToAll toAll: Bool) -> Duration? {
    toAll ? plan.traffic.floodAdvertInterval : plan.traffic.neighbourAdvertInterval
  }

  private mutating func scheduleNext(_ source: TrafficSource) {
    let perDay: Double
    switch source {
    case .group: perDay = plan.traffic.groupMessagesPerDay
    case .direct: perDay = plan.traffic.directMessagesPerDay
    case .trace: perDay = plan.traffic.tracesPerDay
    case .advert(_, let toAll):
      guard let interval = interval(ofAdvertsToAll: toAll) else { return }
      let jitter = Double.random(in: -Self.advertJitter...Self.advertJitter, using: &generator)
      return schedule(source, after: interval * (1 + jitter))
    }
    guard perDay > 0, !companions.isEmpty else { return }
    // Moments without memory: the gaps between them are exponentially distributed.
    let gap = Decibels.exponential(mean: Self.secondsPerDay / perDay, using: &generator)
    schedule(source, after: .nanoseconds(Int64(gap * 1e9)))
  }

  mutating func speak(_ source: TrafficSource) {
    scheduleNext(source)
    switch source {
    case .advert(let node, let toAll): advertise(node, toAll: toAll)
    case .group, .direct, .trace:
      guard let speaker = companions.randomElement(using: &generator) else { return }
      converse(source, speaker)
    }
  }

  private mutating func converse(_ source: TrafficSource, _ speaker: Int) {
    switch source {
    case .group: sayToAll(from: speaker)
    case .direct:
      guard let other = companions.randomElement(using: &generator), other != speaker else {
        return
      }
      write(to: other, from: speaker)
    case .trace: probe(from: speaker)
    case .advert: break
    }
  }

  // MARK: What

  private var unixTime: UInt32 {
    plan.unixTime &+ UInt32(truncatingIfNeeded: start.duration(to: now).components.seconds)
  }

  private mutating func sayToAll(from speaker: Int) {
    let sentence = Chatter.sentence(using: &generator)
    let message = TextMessage(
      timestamp: unixTime, text: "\(plan.sites[speaker].name): \(sentence)")
    let envelope = ChannelEnvelope(sealing: message.plaintext, for: channel)
    guard let packet = Packet(route: .flood, type: .groupText, payload: envelope.payload) else {
      return
    }
    book.add(.group, from: speaker, hash: packet.packetHash, at: now)
    report.group.sent += 1
    report.group.expected += companions.count - 1
    note(speaker, .said(sentence))
    submit(packet, kind: .flood, priority: 1, at: speaker)
  }

  private mutating func write(to reader: Int, from speaker: Int) {
    let sentence = Chatter.sentence(using: &generator)
    let message = TextMessage(timestamp: unixTime, text: sentence)
    let (sender, addressee) = (nodes[speaker].identity, nodes[reader].identity.publicKey)
    guard let path = path(from: speaker, to: reader),
      let secret = sender.sharedSecret(with: addressee),
      let packet = directPacket(
        .text, along: path,
        payload: Envelope(
          sealing: message.plaintext, from: sender.publicKey, to: addressee, under: secret
        ).payload)
    else { return }
    let checksum = message.acknowledgement(from: sender.publicKey).checksum
    book.add(
      .direct(to: reader, checksum: checksum), from: speaker, hash: packet.packetHash, at: now)
    report.direct.sent += 1
    report.direct.expected += 1
    note(speaker, .wrote(to: plan.sites[reader].name, sentence, hops: path.count))
    submit(packet, kind: .direct, priority: 0, at: speaker)
  }

  private mutating func acknowledge(_ message: Int, checksum: UInt32, from reader: Int) {
    let random = UInt8.random(in: 0...255, using: &generator)
    let acknowledgement = Acknowledgement(checksum: checksum, extra: [0, random])
    guard let path = path(from: reader, to: book[message].origin),
      let packet = directPacket(.acknowledgement, along: path, payload: acknowledgement.payload)
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
    // No authentication code, hashes of one byte.
    let payload = tagBytes + [0, 0, 0, 0, 0] + way.map { hop($0) }
    guard let packet = Packet(route: .direct, type: .trace, payload: payload) else { return }
    book.add(.trace(hops: way.count), from: speaker, tag: tag, at: now)
    report.traces.sent += 1
    report.traces.expected += 1
    note(speaker, .probed(hops: way.count))
    submit(packet, kind: .direct, priority: 5, at: speaker)
  }

  private mutating func advertise(_ node: Int, toAll: Bool) {
    let site = plan.sites[node]
    let advert = Advert(
      signedBy: nodes[node].identity, timestamp: unixTime,
      data: AdvertData(
        nodeType: nodes[node].isRepeater ? .repeater : .chat, location: site.position.onEarth,
        name: site.name))
    guard
      let packet = Packet(
        route: toAll ? .flood : .direct, type: .advert, payload: advert.payload)
    else { return }
    book.add(.advert, from: node, hash: packet.packetHash, at: now)
    report.adverts.sent += 1
    if toAll { report.adverts.expected += companions.count { $0 != node } }
    note(node, .announced(toAll: toAll))
    submit(packet, kind: .advert, priority: 3, at: node)
  }

  // MARK: How

  private func path(from start: Int, to end: Int) -> [UInt8]? {
    paths.relays(from: start, to: end, maximum: plan.traffic.longestPath)?.map { hop($0) }
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
      let message = book.number(of: packet.packetHash), book[message].origin != index
    else { return }
    switch book[message].kind {
    case .group:
      if book.heard(message, by: index) { report.group.arrived += 1 }
    case .advert:
      if packet.route.isFlood, book.heard(message, by: index) { report.adverts.arrived += 1 }
    case .direct(let reader, let checksum):
      guard reader == index, book.heard(message, by: index) else { return }
      report.direct.arrived += 1
      note(index, .read(from: plan.sites[book[message].origin].name))
      acknowledge(message, checksum: checksum, from: index)
    case .acknowledgement(let answered):
      guard book[answered].origin == index, book.heard(message, by: index) else { return }
      report.acknowledgements.arrived += 1
      note(index, .acknowledged(by: plan.sites[book[message].origin].name))
    case .trace:
      break
    }
  }

  private mutating func readTrace(_ packet: Packet, at index: Int) {
    guard let trace = TracePayload(packet), let message = book.number(ofTrace: trace.tag),
      case .trace(let hops) = book[message].kind, packet.pathField.hopCount == hops,
      book[message].origin == index, book.heard(message, by: index)
    else { return }
    report.traces.arrived += 1
    note(index, .probeReturned)
  }
}
