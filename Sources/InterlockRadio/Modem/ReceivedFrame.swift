public import Interlock

/// A frame a modem heard, with the signal it was heard with where the modem can tell.
public struct ReceivedFrame: Sendable, Hashable {
  /// The frame as it was on the air, at most 255 bytes.
  public var bytes: [UInt8]
  /// Signal-to-noise ratio in quarters of a decibel; nil when unknown.
  public var snrQuarterDB: Int?
  /// Received signal strength in dBm; nil when unknown.
  public var rssiDBm: Int?
  /// When its last byte arrived.
  public var receivedAt: Instant

  /// Makes a received frame.
  public init(bytes: [UInt8], snrQuarterDB: Int?, rssiDBm: Int?, receivedAt: Instant) {
    self.bytes = bytes
    self.snrQuarterDB = snrQuarterDB
    self.rssiDBm = rssiDBm
    self.receivedAt = receivedAt
  }
}
