internal import Interlock
internal import InterlockRadio
internal import InterlockWire

extension ConformanceChecker {
  /// airtime.json: time on air by the exact formula and by the firmware's integers.
  static let airtime = ConformanceChecker(
    schema: "interlock.meshcore.airtime/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkAirtime(&current) }],
    notCompared: ["pymcCoreSimplifiedMs"])

  private static func checkAirtime(_ current: inout ConformanceCase) throws(JSONError) {
    let bytes = try current.frameLength("bytes")
    var settings = try current.modulation()
    settings.hasPayloadCRC = try current.input("crc")
    settings.hasExplicitHeader = try current.input("explicitHeader")
    // The files give six decimals of a millisecond: nanoseconds, rounded to the nearest.
    let tolerance = 0.000_001_5
    func milliseconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) / 1e6 }
    try current.expect("lowDataRateOptimize", .bool(settings.usesLowDataRateOptimization))
    try current.expect("symbolMs", milliseconds(settings.symbolDuration), within: tolerance)
    try current.expect("payloadSymbols", number: settings.payloadSymbols(ofBytes: bytes))
    try current.expect(
      "airtimeMs", milliseconds(settings.exactAirtime(ofBytes: bytes)), within: tolerance)
    // Null for settings the firmware does not use.
    let firmware: [(String, JSONValue)] = [
      ("firmwareMicroseconds", .integer(settings.firmwareAirtimeMicroseconds(ofBytes: bytes))),
      ("firmwareMs", .integer(settings.firmwareAirtimeMilliseconds(ofBytes: bytes))),
    ]
    for (path, got) in firmware {
      try current.compare(path, got) { $0.isNull || $0 == got }
    }
  }
}
