/// Time on air, in exact integer arithmetic.
///
/// A frame is a whole number of quarter symbols (the preamble ends in a quarter), and a symbol is
/// the rational 2^SF / BW. So every figure here is one division away from integers, and nothing
/// depends on how a floating-point unit rounds.
///
/// *Source:* Semtech SX1261/2 data sheet, section 6.1.4 "LoRa time-on-air"; identical for the SX127x
/// from SF7 up.
extension LoRaSettings {
  /// The longest frame a LoRa radio takes, in bytes.
  public static let longestFrameBytes = 255

  /// Whether the low-data-rate optimisation applies: symbols of 16 ms and more.
  ///
  /// The automatic rule is on the symbol time, so it covers SF12 at 250 kHz, SF10 at 62.5 kHz and
  /// SF9 at 31.25 kHz as well as SF11 and SF12 at 125 kHz.
  public var usesLowDataRateOptimization: Bool {
    // 2^SF / BW ≥ 16 / 1000, without a division.
    chipsPerSymbol * 1000 >= 16 * Int64(bandwidthHz)
  }

  /// How long one symbol lasts, rounded up to the nanosecond.
  public var symbolDuration: Duration {
    .nanoseconds(roundedUp(quarterSymbols: 4, unitsPerSecond: 1_000_000_000))
  }

  /// How many symbols follow the preamble for a frame of `bytes` bytes: header, payload, checksum.
  public func payloadSymbols(ofBytes bytes: Int) -> Int {
    precondition(bytes >= 0, "a frame has no negative length (\(bytes) bytes)")
    let bits =
      8 * bytes - 4 * spreadingFactor + (hasPayloadCRC ? 16 : 0) + (hasExplicitHeader ? 20 : 0)
      + (spreadingFactor >= 7 ? 8 : 0)
    let bitsPerBlock = 4 * (spreadingFactor - (usesLowDataRateOptimization ? 2 : 0))
    let blocks = (max(bits, 0) + bitsPerBlock - 1) / bitsPerBlock
    return 8 + blocks * codingRateDenominator
  }

  /// The time on air of a frame of `bytes` bytes, rounded up to the microsecond.
  ///
  /// Rounding up means that accounts kept in these figures never hold less than was on the air.
  public func airtime(ofBytes bytes: Int) -> Duration {
    .microseconds(
      roundedUp(quarterSymbols: quarterSymbols(ofBytes: bytes), unitsPerSecond: 1_000_000))
  }

  /// The time on air of a frame of `bytes` bytes, rounded up to the nanosecond.
  public func exactAirtime(ofBytes bytes: Int) -> Duration {
    .nanoseconds(
      roundedUp(quarterSymbols: quarterSymbols(ofBytes: bytes), unitsPerSecond: 1_000_000_000))
  }

  /// The time on air as the MeshCore firmware computes it, in whole microseconds.
  ///
  /// It truncates the symbol time to whole microseconds first. For the usual bandwidths that loses
  /// nothing; at 41.67 kHz and the like it comes out slightly short, so it is no basis for accounts.
  public func firmwareAirtimeMicroseconds(ofBytes bytes: Int) -> Int {
    let symbolMicroseconds = chipsPerSymbol * 1_000_000 / Int64(bandwidthHz)
    return Int(symbolMicroseconds * quarterSymbols(ofBytes: bytes) / 4)
  }

  /// The time on air as the MeshCore firmware uses it in its delays, in whole milliseconds.
  public func firmwareAirtimeMilliseconds(ofBytes bytes: Int) -> Int {
    firmwareAirtimeMicroseconds(ofBytes: bytes) / 1000
  }

  /// 2^SF: a symbol lasts that many periods of the bandwidth.
  private var chipsPerSymbol: Int64 { 1 << Int64(spreadingFactor) }

  /// Preamble with its fixed tail, and payload, counted in quarters of a symbol.
  private func quarterSymbols(ofBytes bytes: Int) -> Int64 {
    let tail = spreadingFactor >= 7 ? 17 : 25  // 4.25 and 6.25 symbols
    return Int64(4 * preambleSymbols + tail + 4 * payloadSymbols(ofBytes: bytes))
  }

  /// quarters · 2^SF / (4 · BW) seconds, in units of a second, rounded up.
  ///
  /// The whole seconds are split off first, so that nanoseconds of the longest valid frame (65 535
  /// preamble symbols at SF12: some 2^31 chips) stay far inside 64 bits.
  private func roundedUp(quarterSymbols: Int64, unitsPerSecond: Int64) -> Int64 {
    let (seconds, rest) = (quarterSymbols * chipsPerSymbol)
      .quotientAndRemainder(dividingBy: 4 * Int64(bandwidthHz))
    let denominator = 4 * Int64(bandwidthHz)
    return seconds * unitsPerSecond + (rest * unitsPerSecond + denominator - 1) / denominator
  }
}
