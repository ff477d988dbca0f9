public import Interlock
public import InterlockRadio

/// A frame a repeater wants sent: when, how urgently, and what it is a copy of.
public struct OutgoingFrame: Sendable, Hashable {
  /// The frame.
  public var bytes: [UInt8]
  /// The hash of the packet it is a copy of, for logs.
  public var hash: PacketHash
  /// What was recorded as seen for it and is forgotten if it never goes out; nil for further copies.
  public var seenKey: SeenKey?
  /// What kind of traffic it is.
  public var kind: PacketKind
  /// Whose it is.
  public var origin: TransmitOrigin
  /// 0 is the most urgent.
  public var priority: Int
  /// The times its delay was drawn from.
  public var window: DelayWindow
  /// The drawn delay, in microseconds after the decision.
  public var delayMicroseconds: Int64
  /// When the frame it came of was heard; of this node's own, when it was made.
  public var receivedAt: Instant

  /// The drawn delay.
  public var delay: Duration { .microseconds(delayMicroseconds) }
}

/// One acceptance of a packet: a later one of the same packet has another note.
public struct SeenKey: Sendable, Hashable {
  /// The hash that was recorded.
  public var hash: PacketHash
  /// What it was recorded with.
  public var note: UInt64
}
