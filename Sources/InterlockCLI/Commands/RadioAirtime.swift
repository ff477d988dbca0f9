internal import Interlock
internal import InterlockCommandLine
internal import InterlockNode
internal import InterlockRadio
internal import InterlockWire

/// `interlock radio airtime`: how long a frame is on the air.
enum RadioAirtime: Command {
  private static let bytes = Option.integer(
    "--bytes", "N", 1...LoRaSettings.longestFrameBytes, "length of the whole frame"
  )

  private static let power = Option.integer(
    "--erp", "DBM", -60...60,
    "effective radiated power; without it the strongest the sub-band allows")

  static let declaration = CommandDeclaration(
    path: ["radio", "airtime"],
    summary: "tells how long a frame is on the air, and how many fit in an hour",
    options: LoRaOptions.all + [bytes.required, power.optional, ArgumentParser.json.optional],
    example: "radio airtime --sf 7 --bw 62.5 --cr 5 --preamble 32 --bytes 50")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let settings = try LoRaOptions.settings(arguments)
    let count = try arguments[bytes] ?? 0
    let airtime = settings.airtime(ofBytes: count)
    let microseconds = airtime.wholeNanoseconds / 1000
    var report = Report()
    report.add("bytes", .integer(count))
    report.add("frequency_hz", .integer(settings.frequencyHz), settings.frequencyText)
    report.add("bandwidth_hz", .integer(settings.bandwidthHz), settings.bandwidthText)
    report.add("spreading_factor", .integer(settings.spreadingFactor))
    report.add(
      "coding_rate", .integer(settings.codingRateDenominator),
      "4/\(settings.codingRateDenominator)")
    report.add(
      "preamble_symbols", .integer(settings.preambleSymbols))
    report.add("low_data_rate", .bool(settings.usesLowDataRateOptimization))
    report.add(
      "symbol_us", .double(Double(settings.symbolDuration.wholeNanoseconds) / 1000),
      "\(Double(settings.symbolDuration.wholeNanoseconds) / 1e6) ms")
    report.add("payload_symbols", .integer(settings.payloadSymbols(ofBytes: count)))
    report.add("airtime_us", .integer(microseconds), "\(airtime.forReading) (\(microseconds) µs)")
    let power = try arguments[power]
    report.add("allowance", Self.allowance(of: settings, erpDBm: power, airtime: airtime))
    try console.print(report, asJSON: arguments.has(ArgumentParser.json))
  }

  /// What the rule of the sub-band leaves of an hour.
  private static func allowance(
    of settings: LoRaSettings, erpDBm: Int?, airtime: Duration
  ) -> Report {
    var report = Report()
    guard let rule = RegionalRule(for: settings, erpDBm: erpDBm) else {
      report.add("sub_band", .null, "no rule is known for \(settings.frequencyText)")
      return report
    }
    report.add("sub_band", .string(rule.name))
    report.add("clause", .string(rule.clause))
    if let limit = rule.limit, let permille = rule.permille {
      let milliseconds = limit.allowance.wholeNanoseconds / 1_000_000
      let percent = permille % 10 == 0 ? "\(permille / 10)" : "\(permille / 10).\(permille % 10)"
      report.add(
        "allowance_ms", .integer(milliseconds),
        "\(limit.allowance.forReading) in every hour (\(percent) %)")
      report.add(
        "frames_per_hour",
        .integer(limit.allowance.wholeNanoseconds / max(1, airtime.wholeNanoseconds)))
    } else {
      report.add("allowance_ms", .null, "no limit")
    }
    for warning in rule.warnings { report.add("warning", .string(warning)) }
    return report
  }
}
