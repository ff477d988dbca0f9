public import Interlock

/// A frame a repeater wants sent: when, how urgently, and what it is a copy of.
public struct OutgoingFrame: Sendable, Hashable {
  /// What kind of traffic it is, which decides its share of the airtime and its place in the queue.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// An acknowledgement: useless when late.
    case acknowledgement
    /// Along a path.
    case direct
    /// A flood of any type but adverts.
    case flood
    /// An advert, relayed or this node's own.
    case advert
    /// A probe along a path.
    case trace
    /// An answer to, or a request for, discovery.
    case control
  }

  /// Whose it is.
  public enum Origin: String, Sendable, Hashable, CaseIterable {
    /// Heard from another node and passed on.
    case relay
    /// This node's own.
    case local
  }

  /// The frame.
  public var bytes: [UInt8]
  /// The hash of the packet it is a copy of, for logs.
  public var hash: PacketHash
  /// What was recorded as seen for it and is forgotten if it never goes out; nil for further copies.
  public var seenKey: PacketHash?
  /// What kind of traffic it is.
  public var kind: Kind
  /// Whose it is.
  public var origin: Origin
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
