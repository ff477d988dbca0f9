internal import Interlock
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSimulation
internal import InterlockSystem
internal import InterlockWire

/// A running node's events for programs: one JSON object a line.
///
/// `event` is `heard`, `transmit`, `advert`, `rule`, `barred`, `modem`, `notice`, `happening`, `stats` or
/// `summary`.
struct NodeEventLines: Sendable {
  let output: LineWriter
  /// What times of receptions are counted from.
  let start: Instant

  func show(_ event: NodeEvent) {
    guard let object = Self.object(for: event, since: start) else { return }
    write(object)
  }

  func show(_ happening: MeshHappening) {
    write(["event": "happening", "name": .string(happening.name), "text": .string("\(happening)")])
  }

  /// The counters, under the name of why they are shown.
  func show(_ node: NodeSnapshot, as event: String) {
    var object: JSONObject = ["event": .string(event)]
    for member in NodeMetrics.json(node).members { object[member.name] = member.value }
    write(object)
  }

  private func write(_ object: JSONObject) {
    var line: JSONObject = ["time": .string("\(Timestamp.now)")]
    for member in object.members { line[member.name] = member.value }
    output.append(JSONValue.object(line).serialized() + "\n")
  }

  private static func object(for event: NodeEvent, since start: Instant) -> JSONObject? {
    switch event {
    case .repeater(.decided(let verdict, let frame)): heard(frame, verdict, since: start)
    case .repeater(.announced(let reach)):
      ["event": "advert", "reach": .string(reach.rawValue)]
    case .repeater(.ruleApplied(let index, let packet)):
      [
        "event": "rule", "rule": .integer(index), "id": .string("\(packet.packetHash)"),
        "packet": .string("\(packet)"),
      ]
    case .repeater(.advertiserBarred(let key, let length)):
      [
        "event": "barred", "key": .string("\(key)"),
        "for_s": .integer(length.wholeNanoseconds / 1_000_000_000),
      ]
    case .repeater(.delivered), .repeater(.forgotten): nil
    case .transmit(let event): transmit(event)
    case .modem(.connected(let device)):
      ["event": "modem", "state": "connected", "device": .string(device)]
    case .modem(.disconnected(let error)):
      ["event": "modem", "state": "disconnected", "cause": .string("\(error)")]
    case .modem(.lost(let frames, let others)):
      ["event": "modem", "lost_frames": .integer(frames), "lost_events": .integer(others)]
    case .modem(.notice(let level, let text)):
      ["event": "modem", "notice": .string(text), "level": .string(level.rawValue)]
    case .modem(.noiseFloor(let floor)):
      ["event": "modem", "noise_floor_dbm": .integer(floor)]
    case .modem(.received), .modem(.receptionErrors): nil
    case .notice(let level, let message, let fields): notice(level, message, fields)
    }
  }

  private static func heard(
    _ frame: ReceivedFrame, _ verdict: Verdict, since start: Instant
  ) -> JSONObject {
    var object: JSONObject = ["event": "heard", "verdict": .string(verdict.reason)]
    object["at_s"] = .double(Double(start.duration(to: frame.receivedAt).wholeNanoseconds) / 1e9)
    // A frame that is no packet has its reason in the verdict.
    if let packet = try? Packet(parsing: frame.bytes) {
      object["hash"] = .string("\(packet.packetHash)")
      object["type"] = .string("\(packet.payloadType)")
      object["route"] = .string("\(packet.route)")
      object["hops"] = .integer(packet.pathField.hopCount)
    }
    object["bytes"] = .integer(frame.bytes.count)
    object["snr_db"] = frame.snrQuarterDB.map { .double(Double($0) / 4) } ?? .null
    object["rssi_dbm"] = frame.rssiDBm.map { .integer($0) } ?? .null
    object["frame"] = .string(Hex.encode(frame.bytes))
    return object
  }

  private static func transmit(_ event: TransmitEvent) -> JSONObject {
    var object: JSONObject = [
      "event": "transmit", "level": .string(event.level.rawValue),
      "message": .string(event.message),
    ]
    for field in event.fields { object[field.name] = .string(field.value) }
    return object
  }

  private static func notice(
    _ level: LogLevel, _ message: String, _ fields: [LogRecord.Field]
  ) -> JSONObject {
    var object: JSONObject = [
      "event": "notice", "level": .string(level.name), "message": .string(message),
    ]
    for field in fields { object[field.name] = .string(field.value.text) }
    return object
  }
}

extension LogRecord.Value {
  /// The value alone.
  var text: String {
    switch self {
    case .text(let text): text
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .flag(let value): "\(value)"
    }
  }
}
