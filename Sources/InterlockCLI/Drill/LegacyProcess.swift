internal import Interlock
internal import InterlockTestKit

/// A process that goes about its work under a legacy lock.
///
/// A request whose lock is taken gives up, as those programs do, unless it has the patience to look again.
struct LegacyProcess: Sendable {
  /// So many looks, and whoever breaks the lock of another does so.
  static let looks = 10
  /// From one look to the next.
  static let pause = Duration.milliseconds(20)

  let number: Int
  let lock: any LegacyLock
  let thing: GuardedThing
  let clock: any MonotonicClock
  let log: @Sendable (LockEventRecord) -> Void

  /// Makes so many requests, one after the other or at a pace.
  func run(_ task: DrillTask) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for request in 0..<task.count {
        guard let pace = task.pace else {
          try await run(request, task)
          continue
        }
        group.addTask { try await run(request, task) }
        try await clock.sleep(for: pace)
      }
      try await group.waitForAll()
    }
  }

  private func run(_ request: Int, _ task: DrillTask) async throws {
    note(request, .waiting)
    var looks = 0
    while try await !lock.take() {
      guard task.role == .legacyBreaker else { return note(request, .failed) }
      looks += 1
      if looks >= Self.looks { try await lock.breakOpen() }
      try await clock.sleep(for: Self.pause)
    }
    note(request, .entered)
    let value = try await thing.read()
    try await clock.sleep(for: task.body)
    _ = try await thing.write(value + 1, Fence(0))
    note(request, .accepted)
    note(request, .left)
    try await lock.giveBack()
  }

  private func note(_ request: Int, _ kind: LockEventRecord.Kind) {
    log(LockEventRecord(process: number, request: request, kind, at: clock.now))
  }
}
