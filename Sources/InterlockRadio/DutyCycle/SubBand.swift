/// A stretch of spectrum with one rule on how much of the time may be used.
///
/// *Source:* ETSI EN 300 220-2 V3.2.1, annex B, table B.1. A summary, not the law: the operator of
/// a transmitter is responsible for the rule that applies to it.
public struct SubBand: Sendable, Hashable {
  /// What may be used at one power; a transmitter keeps the rule of the row its power fits in.
  public struct Row: Sendable, Hashable {
    /// The most effective radiated power, in dBm.
    public let maximumERPdBm: Int
    /// The part of each hour that may be used, in thousandths; nil without a limit.
    public let permille: Int?
    /// What the row of the table says, with its letter where it is known for certain.
    public let clause: String
  }

  /// The lower edge in hertz.
  public let lowerHz: UInt32
  /// The upper edge in hertz.
  public let upperHz: UInt32
  /// The rows, weakest power first.
  public let rows: [Row]

  /// The edges in megahertz, as a person writes them.
  public var name: String { "\(megahertz(lowerHz))–\(megahertz(upperHz)) MHz" }

  /// The row for a transmitter of that power; without a power, of the strongest that is allowed.
  ///
  /// - Returns: The row; nil when none allows so much power.
  public func row(erpDBm: Int?) -> Row? {
    guard let erpDBm else { return rows.last }
    return rows.first { erpDBm <= $0.maximumERPdBm }
  }

  /// All sub-bands of the European short-range bands at 863–870 MHz, in order.
  ///
  /// Between 868.6 and 868.7, 869.2 and 869.4, 869.65 and 869.7 MHz lie bands of other services.
  /// 25 mW are 14 dBm, 500 mW 27 dBm, 5 mW 7 dBm.
  public static let europe863: [SubBand] = [
    SubBand(
      863_000_000, 865_000_000, [row(14, 1, "K: 25 mW, 0.1 %")]),
    SubBand(
      865_000_000, 868_000_000, [row(14, 10, "L: 25 mW, 1 %")]),
    SubBand(
      868_000_000, 868_600_000, [row(14, 10, "M: 25 mW, 1 %")]),
    SubBand(
      868_700_000, 869_200_000, [row(14, 1, "N: 25 mW, 0.1 %")]),
    // Another row has 25 mW and 0.1 % for those who want no more; this one admits them too.
    SubBand(
      869_400_000, 869_650_000, [row(27, 100, "P: 500 mW, 10 %")]),
    SubBand(
      869_700_000, 870_000_000,
      [row(7, nil, "5 mW, no limit"), row(14, 10, "25 mW, 1 %")]),
  ]

  /// The European short-range band at 433 MHz.
  public static let europe433: [SubBand] = [
    SubBand(433_050_000, 434_790_000, [row(10, 100, "10 mW, 10 %")])
  ]

  /// Sub-bands that belong together: what lies between their first and last edge is one band.
  static let bands: [[SubBand]] = [europe433, europe863]

  private init(_ lowerHz: UInt32, _ upperHz: UInt32, _ rows: [Row]) {
    self.lowerHz = lowerHz
    self.upperHz = upperHz
    self.rows = rows
  }

  private static func row(_ erpDBm: Int, _ permille: Int?, _ clause: String) -> Row {
    Row(
      maximumERPdBm: erpDBm, permille: permille,
      clause: "EN 300 220-2, table B.1, \(clause)")
  }

  private func megahertz(_ hertz: UInt32) -> String {
    let (whole, rest) = (hertz / 1000).quotientAndRemainder(dividingBy: 1000)
    guard rest != 0 else { return "\(whole)" }
    var digits = String(String(1000 + rest).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}
