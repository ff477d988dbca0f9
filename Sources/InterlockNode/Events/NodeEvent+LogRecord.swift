internal import InterlockMeshCore
internal import InterlockRadio
package import InterlockSystem

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
    case .heard(let heard): heard.record
    case .modem(let event): event.record
    }
  }
}

extension HeardFrame {
  fileprivate var record: LogRecord {
    var fields: [LogRecord.Field] = []
    // A frame that is no packet has its reason in the verdict.
    if let packet = try? Packet(parsing: frame.bytes) {
      fields += [
        LogRecord.Field("id", .text("\(packet.packetHash)")),
        LogRecord.Field("type", .text("\(packet.payloadType)")),
        LogRecord.Field("route", .text("\(packet.route)")),
      ]
    }
    fields.append(LogRecord.Field("bytes", .integer(Int64(frame.bytes.count))))
    if let snr = frame.snrQuarterDB {
      fields.append(LogRecord.Field("snr_db", .number(Double(snr) / 4)))
    }
    if let rssi = frame.rssiDBm {
      fields.append(LogRecord.Field("rssi_dbm", .integer(Int64(rssi))))
    }
    let message: String
    switch verdict {
    case .relayed: message = "Packet accepted"
    case .consumed: message = "Packet consumed"
    case .held: message = "Packet held"
    case .dropped: message = "Packet not relayed"
    case .rejected: message = "Frame rejected"
    }
    if verdict != .relayed { fields.append(LogRecord.Field("reason", .text(verdict.reason))) }
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
    case .noiseFloor(let floor):
      LogRecord(.debug, "Noise floor", [LogRecord.Field("dbm", .integer(Int64(floor)))])
    case .notice(let text): LogRecord(.info, "Modem notice", [LogRecord.Field("text", .text(text))])
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
