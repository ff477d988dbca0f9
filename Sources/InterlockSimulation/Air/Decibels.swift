#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sums of powers need milliwatts, everything else is in decibels.
enum Decibels {
  /// The power in milliwatts of a level in dBm; also the plain ratio of a difference in dB.
  static func linear(_ decibels: Double) -> Double {
    pow(10, decibels / 10)
  }

  /// The difference in decibels of a plain ratio.
  static func decibels(_ ratio: Double) -> Double {
    10 * log10(ratio)
  }

  /// A normally distributed number with mean 0 and deviation 1, made of two uniform ones.
  ///
  /// *Source:* G. E. P. Box, M. E. Muller, "A Note on the Generation of Random Normal Deviates",
  /// Annals of Mathematical Statistics 29(2), 1958.
  static func normal(using generator: inout some RandomNumberGenerator) -> Double {
    let radius = Double.random(in: Double.leastNormalMagnitude...1, using: &generator)
    let angle = Double.random(in: 0..<(2 * Double.pi), using: &generator)
    return (-2 * log(radius)).squareRoot() * cos(angle)
  }

  /// A gap between moments that come without memory, `mean` apart on average.
  static func exponential(mean: Double, using generator: inout some RandomNumberGenerator)
    -> Double
  {
    -mean * log(Double.random(in: Double.leastNormalMagnitude...1, using: &generator))
  }
}
