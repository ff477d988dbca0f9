internal import InterlockRadio
internal import InterlockWire

/// The channel as the MeshCore modem is told it.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | frequency in hertz, little-endian |
/// | 4 | 4 | bandwidth in hertz, little-endian |
/// | 8 | 1 | spreading factor |
/// | 9 | 1 | denominator of the coding rate, 5…8 |
package struct RadioParameters: Sendable, Hashable {
  /// Centre frequency in hertz.
  package var frequencyHz: UInt32
  /// Bandwidth in hertz.
  package var bandwidthHz: UInt32
  /// Spreading factor.
  package var spreadingFactor: UInt8
  /// Denominator of the coding rate 4/x.
  package var codingRateDenominator: UInt8

  /// Makes parameters.
  package init(
    frequencyHz: UInt32, bandwidthHz: UInt32, spreadingFactor: UInt8, codingRateDenominator: UInt8
  ) {
    self.frequencyHz = frequencyHz
    self.bandwidthHz = bandwidthHz
    self.spreadingFactor = spreadingFactor
    self.codingRateDenominator = codingRateDenominator
  }

  /// The part of the settings that this modem can be told; preamble and header are its own.
  init(_ settings: LoRaSettings) {
    self.init(
      frequencyHz: settings.frequencyHz, bandwidthHz: settings.bandwidthHz,
      spreadingFactor: UInt8(clamping: settings.spreadingFactor),
      codingRateDenominator: UInt8(clamping: settings.codingRateDenominator))
  }

  /// The ten bytes; nil for any other number of them.
  package init?(parsing bytes: ArraySlice<UInt8>) {
    var reader = ByteReader(bytes)
    guard let frequencyHz = reader.uint32(), let bandwidthHz = reader.uint32(),
      let spreadingFactor = reader.uint8(), let codingRateDenominator = reader.uint8(),
      reader.isAtEnd
    else { return nil }
    self.init(
      frequencyHz: frequencyHz, bandwidthHz: bandwidthHz, spreadingFactor: spreadingFactor,
      codingRateDenominator: codingRateDenominator)
  }

  /// The ten bytes.
  package var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 10)
    writer.uint32(frequencyHz)
    writer.uint32(bandwidthHz)
    writer.uint8(spreadingFactor)
    writer.uint8(codingRateDenominator)
    return writer.bytes
  }

  /// Whether a modem that says `other` does what was asked here.
  ///
  /// Modems keep the frequency in single precision (steps of 61 Hz at 900 MHz) and name bandwidths
  /// such as 41.67 kHz in more than one way.
  func isPractically(_ other: RadioParameters) -> Bool {
    frequencyHz.distance(to: other.frequencyHz).magnitude <= 100
      && bandwidthHz.distance(to: other.bandwidthHz).magnitude <= UInt(bandwidthHz / 100)
      && spreadingFactor == other.spreadingFactor
      && codingRateDenominator == other.codingRateDenominator
  }
}

extension RadioParameters: CustomStringConvertible {
  /// The channel in words: "869618000 Hz, 62500 Hz wide, SF8, CR 4/8".
  package var description: String {
    "\(frequencyHz) Hz, \(bandwidthHz) Hz wide, SF\(spreadingFactor), CR 4/\(codingRateDenominator)"
  }
}
