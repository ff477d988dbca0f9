internal import Interlock

/// Lets one attempt for a key be under way, and none too soon after the last.
///
/// `AttemptGate` of the links takes its place.
struct AttemptGateModel: Sendable {
  private let table = Watched(Table())
  /// From the beginning of one attempt to that of the next.
  let interval: Duration

  private struct Table: Sendable {
    var underWay: Set<Int> = []
    var begun: [Int: Instant] = [:]
  }

  init(interval: Duration) { self.interval = interval }

  var isFree: Bool { table.value.underWay.isEmpty }

  /// Runs one attempt, if none is under way and none began within the interval.
  ///
  /// - Returns: whether it ran.
  func attempt(_ key: Int, _ body: () async throws -> Void) async rethrows -> Bool {
    let (now, interval) = (SystemClock().now, interval)
    let isAdmitted = table.change { table in
      if let last = table.begun[key], last.duration(to: now) < interval { return false }
      guard table.underWay.insert(key).inserted else { return false }
      table.begun[key] = now
      return true
    }
    guard isAdmitted else { return false }
    defer { table.change { table in table.underWay = table.underWay.subtracting([key]) } }
    try await body()
    return true
  }
}
