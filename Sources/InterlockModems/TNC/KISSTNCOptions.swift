internal import Interlock
public import InterlockRadio

/// How a plain KISS TNC is used.
public struct KISSTNCOptions: Sendable, Hashable {
  /// How it comes to send, unless the settings say it; its transmitter is keyed for the delay and the
  /// tail.
  public var access = ChannelAccess(
    persistence: 64, slotTime: .milliseconds(100), transmitDelay: .milliseconds(300),
    transmitTail: .milliseconds(10))
  /// How fast the device sends.
  public var pace = ModemTiming.Pace.lora
  /// Wraps each frame in an AX.25 frame between these two, as AX.25 modems require; nil sends it
  /// bare.
  public var wrapping: AX25Header?
  /// Whether the device is a LoRa board that is put into KISS mode by text commands.
  public var startsWithTextCommands = false

  /// Makes the defaults.
  public init() {}
}

/// The time limits of the plain TNC's protocol.
enum KISSTNCTiming {
  /// For the product's answer on connecting; a TNC without it has none.
  static let product = Duration.seconds(1)
  /// For the answer to how much is queued.
  static let queueAnswer = Duration.seconds(1)
  /// Between two questions how much is queued.
  static let queueInterval = Duration.milliseconds(100)
  /// For how long the device waits for the channel; a queue that has not emptied then is stuck.
  static let queueLimit = Duration.seconds(60)
}
