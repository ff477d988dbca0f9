internal import Interlock

extension TransmitEvent {
  /// One named value of an event.
  public struct Field: Sendable, Hashable {
    /// A stable name.
    public var name: String
    /// The value as text; durations in milliseconds.
    public var value: String
  }

  /// The particulars, in the order they are written.
  public var fields: [Field] {
    switch self {
    case .sent(let report): Self.fields(of: report)
    case .advisoryDrop(let label, let airtime, let wait, let suppressed):
      Self.fields(of: label)
        + [Field("stage", "advisory"), Field("airtime", airtime), Self.wait(wait)]
        + (suppressed > 0 ? [Field("suppressed", suppressed)] : [])
    case .gateDrop(let label, let airtime, let wait):
      Self.fields(of: label)
        + [Field("stage", "gate"), Field("airtime", airtime), Self.wait(wait)]
    case .neverFits(let label, let reason, let airtime):
      Self.fields(of: label) + [Field("reason", reason.rawValue), Field("airtime", airtime)]
    case .deferral(let label, let origin, let wait):
      Self.fields(of: label) + [Field("origin", origin.rawValue), Field("wait", wait)]
    case .retry(let label, let attempt, let wait, let cause):
      Self.fields(of: label)
        + [Field("attempt", attempt), Field("wait", wait), Field("reason", cause.description)]
    case .radioFailure(let label, let attempt, let outcome, let cause):
      Self.fields(of: label)
        + [
          Field("attempt", attempt), Field("outcome", outcome), Field("cause", cause.description),
        ]
    case .listenExhausted(let label, let elapsed, let attempts, let sends):
      Self.fields(of: label)
        + [
          Field("elapsed", elapsed), Field("attempts", attempts),
          Field("then", sends ? "send" : "requeue"),
        ]
    case .queueFull(let label, let count), .stale(let label, let count):
      Self.fields(of: label) + [Field("count", count)]
    case .dropped(let label, let reason):
      Self.fields(of: label) + [Field("reason", reason.rawValue)]
    case .breakerOpened(let failures): [Field("failures", failures)]
    case .breakerClosed, .reinitialised: []
    case .reinitialisationFailed(let cause): [Field("cause", cause.description)]
    }
  }

  private static func fields(of label: PacketLabel) -> [Field] {
    [Field("id", label.description), Field("type", label.type), Field("route", label.route)]
  }

  private static func fields(of report: TransmitReport) -> [Field] {
    fields(of: report.label) + [
      Field("origin", report.origin.rawValue), Field("bytes", report.bytes),
      Field("airtime", report.airtime), Field("delay", report.delay),
      Field("attempt", report.attempts), Field("lbt_attempts", report.listenAttempts),
      Field("lbt_backoff", report.listenBackoff),
    ]
  }

  private static func wait(_ wait: Duration?) -> Field {
    wait.map { Field("wait", $0) } ?? Field("wait", "never")
  }
}

extension TransmitEvent: CustomStringConvertible {
  /// The message and the fields on one line, as `Retransmitted packet id=… type=TXT_MSG …`.
  public var description: String {
    fields.reduce(into: message) { line, field in
      line += " \(field.name)=\(field.quotedValue)"
    }
  }
}

extension TransmitEvent.Field {
  init(_ name: String, _ value: String) {
    self.init(name: name, value: value)
  }

  init(_ name: String, _ value: Int) {
    self.init(name: name, value: String(value))
  }

  /// A duration in milliseconds with microseconds behind the point.
  init(_ name: String, _ value: Duration) {
    let microseconds = value.nanoseconds / 1000
    let fraction = String(abs(microseconds % 1000))
    let zeros = String(repeating: "0", count: 3 - fraction.count)
    let sign = microseconds < 0 ? "-" : ""
    self.init(name: name, value: "\(sign)\(abs(microseconds / 1000)).\(zeros)\(fraction)ms")
  }

  /// The value, in quotation marks when it would not be one word.
  fileprivate var quotedValue: String {
    guard value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0 == "\n" }) else {
      return value
    }
    return String(reflecting: value)
  }
}
