/// What went wrong at a modem.
public struct ModemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure a caller decides on; more may be added.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// A stable identifier used in logs and metrics.
    public let description: String

    /// There is no connection to the device.
    public static let disconnected = Code(description: "disconnected")
    /// The device did not answer in time.
    public static let timedOut = Code(description: "timed_out")
    /// The device refused: a frame or parameter it cannot take.
    public static let refused = Code(description: "refused")
    /// The device is occupied with another transmission.
    public static let busy = Code(description: "busy")
    /// The device reported a transmission it would not confirm.
    public static let unconfirmed = Code(description: "unconfirmed")
    /// The device answered something else than was asked.
    public static let protocolViolation = Code(description: "protocol_violation")
  }

  /// The kind of failure.
  public let code: Code
  /// What happened, with the numbers.
  public let detail: String
  /// What a person can do about it; nil when nothing better than the detail can be said.
  public let remedy: String?

  /// Makes an error.
  public init(_ code: Code, _ detail: String, remedy: String? = nil) {
    self.code = code
    self.detail = detail
    self.remedy = remedy
  }

  /// The code and the detail, without the remedy, for whoever has one of its own.
  public var what: String { "\(code): \(detail)" }

  /// What happened and what to do, in one line.
  public var description: String { remedy.map { "\(what); \($0)" } ?? what }
}
