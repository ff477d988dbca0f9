internal import InterlockWire

extension Scenario {
  /// All scenarios, by system.
  public static let all: [Scenario] =
    radio + flight + links + locks + guards + shapes

  private static let radio = [dutyCycle, interleavedTransmissions, failedSend]
  private static let flight = [resurrection, resendGap, abortTwice]
  private static let links = [connectStorm, gateStuck]
  private static let locks = [
    rapidSequential, singleton, expiredTerm, tokenMismatch, clearLocks, thunderingHerd,
    crashAnywhere, lockFile,
  ]
  private static let guards = [
    mutexCancellation, mutexDeadline, mutexOrder, semaphoreWeights, tokenBucket, budgetCopy,
    channelCancellation, channelFinish, shutdownAnywhere,
  ]
  private static let shapes = [
    cacheReentrancy, streamFinish, semaphorePermit, shutdownPending, groupOutlivesOwner,
    resumeTwice,
  ]

  /// The scenario of that name, or the only one whose name ends with it after a dot.
  ///
  /// - Parameter name: `lock.thundering-herd` or `thundering-herd`.
  /// - Returns: the scenario.
  /// - Throws: ``UnknownScenario``.
  public static func named(_ name: String) throws(UnknownScenario) -> Scenario {
    if let exact = all.first(where: { $0.name == name }) { return exact }
    let ending = all.filter { $0.name.hasSuffix(".\(name)") }
    if let only = ending.first, ending.count == 1 { return only }
    throw UnknownScenario(
      name: name, matches: ending.map(\.name), nearest: nearest(to: name))
  }

  /// The scenario and the form a replay string was made from.
  ///
  /// - Parameter scheduleName: the second part of the string, as ``scheduleName(_:)`` gives it.
  /// - Returns: both.
  /// - Throws: ``UnknownScenario``.
  public static func of(
    scheduleName: String
  ) throws(UnknownScenario) -> (scenario: Scenario, variant: Variant) {
    for scenario in all {
      for variant in scenario.variants where scenario.scheduleName(variant) == scheduleName {
        return (scenario, variant)
      }
    }
    // The form is missing, or is none of its.
    if let scenario = all.first(where: {
      scheduleName == $0.name || scheduleName.hasPrefix("\($0.name).")
    }) {
      throw UnknownScenario(
        name: scheduleName, matches: scenario.variants.map(scenario.scheduleName), nearest: nil)
    }
    throw UnknownScenario(name: scheduleName, matches: [], nearest: nearest(to: scheduleName))
  }

  private static func nearest(to name: String) -> String? {
    let names = all.map(\.name)
    if let whole = NearestName.of(name, among: names) { return whole }
    let races = names.map { String($0.drop { $0 != "." }.dropFirst()) }
    guard let race = NearestName.of(name, among: races) else { return nil }
    return races.firstIndex(of: race).map { names[$0] }
  }
}

/// There is no scenario of that name, or more than one ends with it.
public struct UnknownScenario: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was asked for.
  public let name: String
  /// The scenarios it may have been short for.
  public let matches: [String]
  /// The scenario that may have been meant.
  public let nearest: String?

  /// What happened, and what to do.
  public var description: String {
    if matches.isEmpty {
      let advice = nearest.map { "did you mean \($0)?" } ?? "interlock lab list names them all"
      return "there is no scenario \(name); \(advice)"
    }
    return "\(name) may be \(matches.joined(separator: " or ")): give the whole name"
  }
}
