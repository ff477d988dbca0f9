internal import InterlockMeshCore
internal import InterlockRadio
package import InterlockSystem
internal import InterlockWire

extension NodeEvent {
  /// The event as a log line; nil for what no log needs.
  ///
  /// *Source:* levels and words of the radio specification, section 5.8.
  package var record: LogRecord? {
    switch self {
    case .notice(let level, let message, let fields): LogRecord(level, message, fields)
    case .transmit(let event):
      LogRecord(
        LogLevel(event.level), event.message,
        event.fields.map { LogRecord.Field($0.name, .text($0.value)) })
    case .repeater(let event): event.record
    case .modem(let event): event.record
    }
  }
}

extension RepeaterEvent {
  fileprivate var record: LogRecord? {
    switch self {
    case .decided(let verdict, let frame): Self.record(of: verdict, frame)
    // What was for this node is part of the verdict already.
    case .delivered: nil
    case .announced(let reach):
      LogRecord(LogLevel(level), "Advert queued", [.init("reach", .text(reach.rawValue))])
    case .ruleApplied(let index, let packet):
      LogRecord(
        LogLevel(level), "Rule applies",
        [
          .init("rule", .integer(Int64(index))), .init("id", .text("\(packet.packetHash)")),
          .init("packet", .text("\(packet)")),
        ])
    case .advertiserBarred(let key, let length):
      LogRecord(
        LogLevel(level), "Advertiser barred",
        [.init("key", .text("\(key)")), .init("for", .text(length.notation))])
    case .forgotten(let hash):
      LogRecord(LogLevel(level), "Packet forgotten", [.init("id", .text("\(hash)"))])
    }
  }

  private static func record(of verdict: Verdict, _ frame: ReceivedFrame) -> LogRecord {
    var fields: [LogRecord.Field] = []
    // A frame that is no packet has its reason in the verdict.
    if let packet = try? Packet(parsing: frame.bytes) {
      fields += [
        .init("id", .text("\(packet.packetHash)")), .init("type", .text("\(packet.payloadType)")),
        .init("route", .text("\(packet.route)")),
      ]
    }
    fields.append(.init("bytes", .integer(Int64(frame.bytes.count))))
    if let snr = frame.snrQuarterDB { fields.append(.init("snr_db", .number(Double(snr) / 4))) }
    if let rssi = frame.rssiDBm { fields.append(.init("rssi_dbm", .integer(Int64(rssi)))) }
    let message =
      switch verdict {
      case .relayed: "Packet accepted"
      case .consumed: "Packet consumed"
      case .held: "Packet held"
      case .dropped: "Packet not relayed"
      case .rejected: "Frame rejected"
      }
    if verdict != .relayed { fields.append(.init("reason", .text(verdict.reason))) }
    return LogRecord(.debug, message, fields)
  }
}

extension ModemEvent {
  fileprivate var record: LogRecord? {
    switch self {
    case .received: nil
    case .connected(let device):
      LogRecord(.info, "Modem connected", [LogRecord.Field("device", .text(device))])
    case .disconnected(let error):
      LogRecord(.warning, "Modem disconnected", [LogRecord.Field("cause", .text("\(error)"))])
    case .receptionErrors(let count):
      LogRecord(
        .debug, "Damaged receptions", [LogRecord.Field("count", .integer(Int64(count)))])
    case .lost(let frames, let others):
      LogRecord(
        .warning, "Modem events lost: the node does not keep up",
        [
          LogRecord.Field("frames", .integer(Int64(frames))),
          LogRecord.Field("others", .integer(Int64(others))),
        ])
    case .noiseFloor(let floor):
      LogRecord(.debug, "Noise floor", [LogRecord.Field("dbm", .integer(Int64(floor)))])
    case .notice(let level, let text):
      LogRecord(LogLevel(level), "Modem notice", [LogRecord.Field("text", .text(text))])
    }
  }
}

extension LogLevel {
  /// The pipeline's level.
  init(_ level: EventLevel) {
    switch level {
    case .debug: self = .debug
    case .info: self = .info
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
