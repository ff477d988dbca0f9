internal import Interlock
public import InterlockRadio

/// How a MeshCore KISS modem is used.
///
/// The defaults leave the modem's own channel access as good as idle, because a repeater has drawn
/// its delays already: the firmware's own defaults (P 63, slots of 100 ms, 500 ms before the packet)
/// add half a second to each packet.
public struct MeshCoreModemOptions: Sendable, Hashable {
  /// How it comes to send, unless the settings say it.
  public var access = ChannelAccess(
    persistence: 255, slotTime: .milliseconds(20), transmitDelay: .milliseconds(10))
  /// Whether the modem is asked if the channel is free before each packet; it also waits by itself.
  public var asksChannel = true
  /// How often noise floor and statistics are asked for; nil for never.
  public var pollInterval: Duration? = .seconds(30)
  /// How long a received frame waits for the signal values the modem sends after it; then it goes on
  /// without them.
  public var signalPatience = Duration.milliseconds(250)

  /// Makes the defaults.
  public init() {}
}

/// The time limits of the MeshCore modem's protocol.
enum MeshCoreModemTiming {
  /// Boards restart when their port is opened; what they say meanwhile is noise.
  static let settle = Duration.milliseconds(750)
  /// For an answer to a command.
  static let command = Duration.seconds(5)
  /// For an answer the transmit path waits for.
  static let urgentCommand = Duration.seconds(1)
  /// Beyond what the modem may take for a packet before its report counts as lost.
  static let reportMargin = Duration.seconds(1)
  /// Polls without an answer, in a row, after which the link counts as dead.
  static let deadAfterSilentPolls = 3
}
