/// How a modem that listens by itself comes to send: the parameters of KISS.
///
/// *Source:* M. Chepponis, P. Karn, "The KISS TNC", 1987, commands 1 to 5.
public struct ChannelAccess: Sendable, Hashable {
  /// Chance to go ahead in a slot when the channel is free: (P + 1) / 256.
  public var persistence: UInt8
  /// Time between two such draws; a multiple of 10 ms, at most 2.55 s.
  public var slotTime: Duration
  /// Time from the decision to the packet; a multiple of 10 ms, at most 2.55 s.
  public var transmitDelay: Duration
  /// Time the transmitter stays keyed after the packet; a multiple of 10 ms, at most 2.55 s.
  public var transmitTail: Duration
  /// Whether it sends without waiting for a free channel.
  public var isFullDuplex: Bool

  /// Describes channel access; half duplex unless said otherwise.
  public init(
    persistence: UInt8, slotTime: Duration, transmitDelay: Duration,
    transmitTail: Duration = .zero, isFullDuplex: Bool = false
  ) {
    self.persistence = persistence
    self.slotTime = slotTime
    self.transmitDelay = transmitDelay
    self.transmitTail = transmitTail
    self.isFullDuplex = isFullDuplex
  }
}
