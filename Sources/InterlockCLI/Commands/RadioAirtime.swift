internal import InterlockNode
internal import InterlockRadio
internal import InterlockWire

/// `interlock radio airtime`: how long a frame is on the air.
enum RadioAirtime: Command {
  private static let bytes = Option.integer(
    "--bytes", "N", 1...LoRaSettings.longestFrameBytes, "length of the whole frame"
  )

  static let declaration = CommandDeclaration(
    path: ["radio", "airtime"],
    summary: "tells how long a frame is on the air, and how many fit in an hour",
    options: LoRaOptions.all + [bytes.required, ArgumentParser.json.optional],
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
    try console.print(report, asJSON: arguments.has(ArgumentParser.json))
  }
}
