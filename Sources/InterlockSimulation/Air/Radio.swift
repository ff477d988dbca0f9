public import InterlockRadio

/// The number of a radio in its world, in the order of addition.
public struct RadioID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Counts from 0.
  public let index: Int

  /// Whether `left` was added first.
  public static func < (left: RadioID, right: RadioID) -> Bool { left.index < right.index }

  /// `radio 7`.
  public var description: String { "radio \(index)" }
}

/// A half-duplex LoRa radio and where it stands.
public struct Radio: Sendable, Hashable {
  /// Where its antenna is.
  public var position: Position
  /// Channel, modulation and power; two radios hear each other only on the same channel.
  public var settings: ModemSettings
  /// What the antenna adds, sending and receiving, in dBi.
  public var antennaGainDBi: Double
  /// What the receiver itself adds to the noise, in dB.
  ///
  /// *Source:* 6 dB, Semtech AN1200.13, section 2.1 (SX127x); the SX126x is no worse.
  public var noiseFigureDB: Double

  /// Makes a radio.
  public init(
    position: Position, settings: ModemSettings, antennaGainDBi: Double = 2,
    noiseFigureDB: Double = 6
  ) {
    self.position = position
    self.settings = settings
    self.antennaGainDBi = antennaGainDBi
    self.noiseFigureDB = noiseFigureDB
  }
}
