public import Interlock

/// The rule that follows from where a channel lies.
///
/// The channel is the carrier ± half the bandwidth. The strictest of the sub-bands it touches holds. If
/// a part of it lies in a gap between sub-bands, or beyond the edge of the band, the tightest limit of
/// the whole band holds. A channel that only meets an edge does not touch what is beyond.
public struct RegionalRule: Sendable, Hashable {
  /// The part of each hour that may be used, in thousandths; nil without a limit.
  public let permille: Int?
  /// The sub-bands the channel touches.
  public let subBands: [SubBand]
  /// Where the figure comes from.
  public let clause: String
  /// What an operator should know: a channel outside the sub-bands, a power above the rule's.
  public let warnings: [String]

  /// The rule for a channel; nil where no sub-band is known.
  ///
  /// - Parameters:
  ///   - settings: Frequency and bandwidth.
  ///   - erpDBm: The effective radiated power; nil when it is not known, which is taken as the
  ///     strongest each sub-band allows.
  public init?(for settings: LoRaSettings, erpDBm: Int? = nil) {
    // Twice the frequencies, so that half a hertz is a whole number.
    let lower = 2 * Int64(settings.frequencyHz) - Int64(settings.bandwidthHz)
    let upper = 2 * Int64(settings.frequencyHz) + Int64(settings.bandwidthHz)
    func overlap(_ from: UInt32, _ to: UInt32) -> Int64 {
      max(0, min(upper, 2 * Int64(to)) - max(lower, 2 * Int64(from)))
    }
    guard
      let band = SubBand.bands.first(where: { band in
        overlap(band[0].lowerHz, band[band.count - 1].upperHz) > 0
      })
    else { return nil }

    let touched = band.filter { overlap($0.lowerHz, $0.upperHz) > 0 }
    let covered = touched.reduce(0) { $0 + overlap($1.lowerHz, $1.upperHz) }
    var warnings: [String] = []
    var rows: [SubBand.Row] = []
    if covered < upper - lower {
      warnings.append("a part of the channel lies outside every sub-band")
      rows += band.flatMap(\.rows)
    }
    for subBand in touched {
      if let row = subBand.row(erpDBm: erpDBm) {
        rows.append(row)
      } else {
        let most = subBand.rows.map(\.maximumERPdBm).max() ?? 0
        warnings.append(
          "\(erpDBm ?? 0) dBm is more than the \(most) dBm allowed on \(subBand.name)")
        rows += band.flatMap(\.rows)
      }
    }
    guard
      let strictest = rows.min(by: { ($0.permille ?? 1000) < ($1.permille ?? 1000) })
    else { return nil }
    permille = strictest.permille
    clause = strictest.clause
    subBands = touched
    self.warnings = warnings
  }

  /// The limit it means; nil without one.
  public var limit: RollingBudget.Limit? { permille.map { .hourly(permille: $0) } }

  /// The sub-bands by name, for messages.
  public var name: String {
    subBands.isEmpty
      ? "outside every sub-band" : subBands.map(\.name).joined(separator: " and ")
  }
}

extension DutyCyclePolicy {
  /// The strict policy of the sub-band a channel lies in; nil where none is known, and the operator
  /// must say what applies.
  ///
  /// - Parameters:
  ///   - settings: Frequency and bandwidth.
  ///   - erpDBm: The effective radiated power: transmit power, less cable loss, plus antenna gain
  ///     over a dipole. Nil when it is not known.
  /// - Returns: The policy.
  public static func regional(
    for settings: LoRaSettings, erpDBm: Int? = nil
  ) -> DutyCyclePolicy? {
    guard let rule = RegionalRule(for: settings, erpDBm: erpDBm) else { return nil }
    guard let permille = rule.permille else {
      return DutyCyclePolicy(
        name: rule.name, model: .unlimited, floodPermille: 1000, advertPermille: 1000)
    }
    return .hourly(permille: permille, name: rule.name)
  }
}
