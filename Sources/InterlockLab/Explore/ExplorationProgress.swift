internal import CInterlockLab

/// How far an exploration has come.
public struct ExplorationProgress: Sendable {
  /// Schedules that were run.
  public private(set) var schedules = 0
  /// Steps of all of them.
  public private(set) var steps = 0
  private let start = interlock_lab_real_time()
  private var told = interlock_lab_real_time()
  private var hashes: Set<TraceHash> = []

  /// Real time since it began.
  public var elapsed: Duration { .nanoseconds(interlock_lab_real_time() - start) }

  /// Schedules in a second of real time, so far.
  public var schedulesPerSecond: Int {
    Int(Double(schedules) * 1e9 / Double(max(1, interlock_lab_real_time() - start)))
  }

  /// Schedules that differ in the order of their steps, up to ``Report/mostDistinctSchedules``.
  var distinctSchedules: Int { hashes.count }

  mutating func count(steps: Int, hash: TraceHash) {
    schedules += 1
    self.steps += steps
    if hashes.count < Report.mostDistinctSchedules { hashes.insert(hash) }
  }

  /// Whether a second has passed since somebody was told.
  mutating func isNews() -> Bool {
    guard schedules.isMultiple(of: 64) else { return false }
    let now = interlock_lab_real_time()
    guard now - told > 1_000_000_000 else { return false }
    told = now
    return true
  }
}
