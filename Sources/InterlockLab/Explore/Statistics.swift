/// What became of the schedules of a plan, all of them.
public struct Statistics: Sendable, Hashable {
  /// Schedules that were run.
  public private(set) var schedules = 0
  /// Those that failed.
  public private(set) var failures = 0
  /// The first that failed, from 1; nil when none did.
  public private(set) var firstFailure: Int?
  /// Schedules that differ in the order of their steps.
  public var distinctSchedules: Int { hashes.count }
  /// Steps of all schedules.
  public private(set) var steps = 0
  /// Why nothing was run, or not all of it; nil when the numbers are those of the plan.
  public internal(set) var refusal: String?
  /// A hash of the steps of all schedules, in order: where it is the same, each went the same way.
  public var digest: UInt64 { all.value }
  private var all = TraceHash()
  private var hashes: Set<TraceHash> = []

  mutating func count(_ outcome: Outcome, steps: Int, hash: TraceHash) {
    schedules += 1
    self.steps += steps
    hashes.insert(hash)
    all.mix(hash.value)
    guard !outcome.isPassed else { return }
    failures += 1
    firstFailure = firstFailure ?? schedules
  }
}
