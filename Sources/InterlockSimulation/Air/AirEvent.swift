public import Interlock
public import InterlockRadio

/// What the air reports, in the order in which it happens.
public enum AirEvent: Sendable, Hashable {
  /// A radio decoded a frame.
  case delivered(ReceivedFrame, to: RadioID, from: RadioID)
  /// A radio followed a frame to its end and found it damaged.
  case damaged(at: RadioID, Instant)
  /// A radio's transmission is over; `number` is the one `transmit` gave it.
  case finished(RadioID, number: UInt64, onAir: AirInterval)
}

/// What became of an attempt to put a frame on the air.
public enum TransmitStart: Sendable, Hashable {
  /// It is on the air until `until`; its end will be reported with this number.
  case onAir(number: UInt64, until: Instant)
  /// The radio already sends, until that instant; the attempt is recorded as a violation.
  case overlapping(until: Instant)
}

/// An attempt to send while the same radio was sending: what must never happen.
public struct OverlapViolation: Sendable, Hashable, CustomStringConvertible {
  /// The radio.
  public let radio: RadioID
  /// When the second transmission was to begin.
  public let attemptedAt: Instant
  /// When the first one ends.
  public let busyUntil: Instant

  /// Radio and instants.
  public var description: String {
    "\(radio) was told to send at \(attemptedAt.nanoseconds) ns while it sends until "
      + "\(busyUntil.nanoseconds) ns"
  }
}
