/// Modulation and channel as a community of one region has agreed on, by name.
///
/// *Source:* the presets MeshCore offers for its regions. All use the explicit header, a payload
/// checksum, the private sync word 0x12, and 32 preamble symbols up to SF8, 16 above.
public struct RadioPreset: Sendable, Hashable {
  /// What the community calls it.
  public let name: String
  /// The settings.
  public let settings: LoRaSettings

  /// The sync word of all MeshCore networks.
  public static let syncWord: UInt8 = 0x12

  private init(
    _ name: String, kilohertz: UInt32, sf: Int, bandwidthHz: UInt32, codingRate: Int
  ) {
    self.name = name
    settings = LoRaSettings(
      frequencyHz: kilohertz * 1000, bandwidthHz: bandwidthHz, spreadingFactor: sf,
      codingRateDenominator: codingRate)
  }

  /// Every preset, region by region.
  public static let all: [RadioPreset] = [
    RadioPreset("EU/UK narrow", kilohertz: 869_618, sf: 8, bandwidthHz: 62_500, codingRate: 8),
    RadioPreset(
      "EU/UK long range", kilohertz: 869_525, sf: 11, bandwidthHz: 250_000, codingRate: 5),
    RadioPreset("EU/UK medium", kilohertz: 869_525, sf: 10, bandwidthHz: 250_000, codingRate: 5),
    RadioPreset(
      "Czech Republic narrow", kilohertz: 869_525, sf: 7, bandwidthHz: 62_500, codingRate: 5),
    RadioPreset("Switzerland", kilohertz: 869_618, sf: 8, bandwidthHz: 62_500, codingRate: 8),
    RadioPreset("Portugal 868", kilohertz: 869_618, sf: 7, bandwidthHz: 62_500, codingRate: 6),
    RadioPreset(
      "EU 433 long range", kilohertz: 433_650, sf: 11, bandwidthHz: 250_000, codingRate: 5),
    RadioPreset("Portugal 433", kilohertz: 433_375, sf: 9, bandwidthHz: 62_500, codingRate: 6),
    RadioPreset("USA/Canada", kilohertz: 910_525, sf: 7, bandwidthHz: 62_500, codingRate: 5),
    RadioPreset(
      "USA/Canada alternate", kilohertz: 910_525, sf: 11, bandwidthHz: 250_000, codingRate: 5),
    RadioPreset("Australia", kilohertz: 915_800, sf: 10, bandwidthHz: 250_000, codingRate: 5),
    RadioPreset(
      "Australia, Victoria", kilohertz: 916_575, sf: 7, bandwidthHz: 62_500, codingRate: 8),
    RadioPreset("New Zealand", kilohertz: 917_375, sf: 11, bandwidthHz: 250_000, codingRate: 5),
    RadioPreset(
      "New Zealand narrow", kilohertz: 917_375, sf: 7, bandwidthHz: 62_500, codingRate: 5),
    RadioPreset("Vietnam", kilohertz: 920_250, sf: 11, bandwidthHz: 250_000, codingRate: 5),
  ]

  /// The preset of that name, if there is one; letter case does not matter.
  public static func named(_ name: String) -> RadioPreset? {
    let wanted = name.lowercased()
    return all.first { $0.name.lowercased() == wanted }
  }
}
