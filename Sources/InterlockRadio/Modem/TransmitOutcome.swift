public import Interlock

/// How one transmission ended, as far as the radio can tell.
///
/// It has three values on purpose: a modem that fell silent in the middle of a transmission may or
/// may not have been on the air, and pretending otherwise either breaks the allowance or sends twice.
public enum TransmitOutcome: Sendable, Hashable {
  /// The radio confirmed it. `onAir` is when, where the radio measures it.
  case sent(onAir: AirInterval?)
  /// Definitely not on the air: refused, or failed before emission.
  case notSent(ModemError)
  /// The deadline passed, the link was lost, or the modem would not confirm.
  ///
  /// `quietBy` is the latest instant at which it may still be on the air: a modem whose link is lost
  /// has power and may send what it holds. Nil: it is over now.
  case unknown(ModemError, quietBy: Instant? = nil)
}

/// The time a transmission occupied the air, from its first to its last symbol.
public struct AirInterval: Sendable, Hashable {
  /// When the preamble began.
  public var start: Instant
  /// When the last symbol ended; never before `start`.
  public var end: Instant

  /// Makes an interval; an `end` before `start` is taken as `start`.
  public init(start: Instant, end: Instant) {
    self.start = start
    self.end = max(start, end)
  }

  /// How long it lasted.
  public var duration: Duration { start.duration(to: end) }
}
