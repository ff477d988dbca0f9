/// What a modem does with a frame that its settings do not tell: the deadline of a transmission
/// follows from it.
///
/// The modem says it, because nobody else can know. It stays the same for the modem's life.
public struct ModemTiming: Sendable, Hashable {
  /// How long it may take over one frame, its own waiting included, before it is taken for stuck.
  public var sendDeadline: SendDeadline

  /// Describes a modem; the default is one that sends what it is given at once.
  public init(sendDeadline: SendDeadline = .firmware) {
    self.sendDeadline = sendDeadline
  }
}
