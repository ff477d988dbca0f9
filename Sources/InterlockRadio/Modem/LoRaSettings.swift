/// How a LoRa modem modulates: everything time on air depends on, and the channel.
public struct LoRaSettings: Sendable, Hashable {
  /// Centre frequency in hertz.
  public var frequencyHz: UInt32
  /// Bandwidth in hertz.
  public var bandwidthHz: UInt32
  /// Spreading factor, 5…12.
  public var spreadingFactor: Int
  /// Denominator of the coding rate 4/x, 5…8.
  public var codingRateDenominator: Int
  /// Preamble length in symbols, without the fixed 4.25 (6.25 below SF7) that follow.
  public var preambleSymbols: Int
  /// Whether a payload checksum is sent; always so on MeshCore.
  public var hasPayloadCRC: Bool
  /// Whether the explicit header is sent; always so on MeshCore.
  public var hasExplicitHeader: Bool

  /// Makes settings; the defaults are those of MeshCore.
  ///
  /// Without `preambleSymbols` the preamble is 32 symbols up to SF8 and 16 above, as the MeshCore
  /// firmware sets it.
  public init(
    frequencyHz: UInt32, bandwidthHz: UInt32, spreadingFactor: Int, codingRateDenominator: Int,
    preambleSymbols: Int? = nil, hasPayloadCRC: Bool = true, hasExplicitHeader: Bool = true
  ) {
    self.frequencyHz = frequencyHz
    self.bandwidthHz = bandwidthHz
    self.spreadingFactor = spreadingFactor
    self.codingRateDenominator = codingRateDenominator
    self.preambleSymbols =
      preambleSymbols ?? Self.firmwarePreambleSymbols(spreadingFactor: spreadingFactor)
    self.hasPayloadCRC = hasPayloadCRC
    self.hasExplicitHeader = hasExplicitHeader
  }
}
