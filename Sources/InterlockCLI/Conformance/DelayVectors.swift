internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

extension ConformanceChecker {
  /// delays.json: scores, holds and the windows of both profiles.
  static let delays = ConformanceChecker(
    schema: "interlock.meshcore.delays/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkDelays(&current) }])

  private static func checkDelays(_ current: inout ConformanceCase) throws(JSONError) {
    let bytes = try current.frameLength("bytes")
    let settings = try current.modulation()
    let flood: Double = try current.input("txDelayFactor")
    let direct: Double = try current.input("directTxDelayFactor")
    var policy = DelayPolicy(receptionBase: try current.input("rxDelayBase"))
    let firmware = DelayCalculator(policy: policy, settings: settings)
    policy.profile = .pymc
    let exact = DelayCalculator(policy: policy, settings: settings)

    let score = ReceptionQuality.score(
      snrQuarterDB: try current.quarterDecibels("snrDb"),
      spreadingFactor: settings.spreadingFactor, frameBytes: bytes)
    try current.expect("score", score, within: 1e-6)
    try current.expect(
      "airtimeMs", Double(settings.exactAirtime(ofBytes: bytes).nanoseconds) / 1e6, within: 0.001)
    try current.expect(
      "firmwareEstimateMs", number: settings.firmwareAirtimeMilliseconds(ofBytes: bytes))

    func hold(_ calculator: DelayCalculator) -> Double {
      Double(calculator.holdMicroseconds(score: score, frameBytes: bytes)) / 1000
    }
    try current.expect(
      "rxHoldMsUnclamped", exact.unclampedHoldMilliseconds(score: score, frameBytes: bytes),
      within: 0.002)
    try current.expect("rxHoldMsExact", hold(exact), within: 0.002)
    // The firmware computes in single precision, which may tip a whole millisecond either way.
    try current.expect("firmwareRxHoldMs", hold(firmware), within: 1)

    func latest(_ calculator: DelayCalculator, _ factor: Double) -> Double {
      let window = calculator.window(bytes: bytes, codeBytes: 0, factor: factor)
      return Double(window.maximumMicroseconds) / 1000
    }
    try current.expect("firmwareFloodWindowMaxMs", latest(firmware, flood), within: 0)
    try current.expect("firmwareDirectWindowMaxMs", latest(firmware, direct), within: 0)
    try current.expect("pythonFloodWindowMaxMs", latest(exact, flood), within: 0.002)
    try current.expect("pythonDirectWindowMaxMs", latest(exact, direct), within: 0.002)
  }
}
