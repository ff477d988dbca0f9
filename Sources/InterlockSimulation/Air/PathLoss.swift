internal import Interlock

/// How much of a signal is lost between two places.
///
/// Log-distance: free space over the first metre, then `exponent` decades of power for each decade
/// of distance, plus what stands in the way. The latter ("shadowing") is drawn once for each pair of
/// radios from the world's seed: it is the same in both directions and never changes, because hills
/// and houses do not.
///
/// *Source:* T. S. Rappaport, "Wireless Communications", 2nd edition, sections 4.9.1 and 4.9.2.
public struct PathLoss: Sendable, Hashable {
  /// Decades of power lost for each decade of distance: 2 in free space, 2.7…3.5 in a town.
  public var exponent: Double
  /// Standard deviation of the shadowing in dB; 0 for none.
  public var shadowingDB: Double

  /// Makes a model; the defaults are those of a small town with antennas on roofs.
  public init(exponent: Double = 3, shadowingDB: Double = 5) {
    self.exponent = exponent
    self.shadowingDB = shadowingDB
  }

  /// The loss of free space: for tests that check numbers.
  public static var freeSpace: PathLoss { PathLoss(exponent: 2, shadowingDB: 0) }

  /// Shadowing beyond this many deviations is cut off: no link is made of luck alone.
  static let largestShadowing = 3.0
  /// Metres per second.
  static let speedOfLight = 299_792_458.0

  /// The loss in dB without shadowing over `metres` (at least one) at `frequencyHz`.
  public func loss(overMetres metres: Double, frequencyHz: UInt32) -> Double {
    let waves = 4 * Double.pi * Double(frequencyHz) / Self.speedOfLight
    return 2 * Decibels.decibels(waves) + exponent * Decibels.decibels(max(1, metres))
  }

  /// The shadowing in dB between two radios of a world: symmetric, and stable under additions.
  func shadowing(between first: Int, and second: Int, seed: UInt64) -> Double {
    guard shadowingDB > 0 else { return 0 }
    let pair = UInt64(min(first, second)) << 32 | UInt64(max(first, second))
    // Two rounds of mixing, so that neighbouring pairs and seeds have nothing in common.
    var mixer = SeededGenerator(seed: seed)
    var generator = SeededGenerator(seed: mixer.next() ^ pair)
    let normal = Decibels.normal(using: &generator)
    return shadowingDB * min(max(normal, -Self.largestShadowing), Self.largestShadowing)
  }
}
