internal import Interlock
internal import InterlockSystem
internal import InterlockTestKit

/// The legacy programs' way: look whether the lock file is there, and then make it.
///
/// *Source:* the lock specification, section 1.1. Between the two steps, which a busy machine may draw out as it likes,
/// this waits for `gap`, so that each run shows what may come of it.
struct LegacyLockFile: Sendable {
  static let gap = Duration.milliseconds(20)
  /// Whoever breaks the lock of another does so after so many looks.
  static let looks = 10
  static let pause = Duration.milliseconds(20)

  let folder: DrillFolder
  let number: Int
  let clock: any MonotonicClock
  let log: @Sendable (LockEventRecord) -> Void

  /// Goes in once; when the file is there it gives up, or removes it first if it `breaks`.
  func run(_ request: Int, body: Duration, breaks: Bool) async throws {
    note(request, .waiting)
    var looks = 0
    while FileStatus(of: folder.legacyLock) != nil {
      guard breaks else { return note(request, .failed) }
      looks += 1
      if looks >= Self.looks { try FlagFile.remove(folder.legacyLock) }
      try await clock.sleep(for: Self.pause)
    }
    try await clock.sleep(for: Self.gap)
    let thing = folder.guardedThing(isFenced: false)
    try await BlockingPool.shared.run {
      try FlagFile.Draft(folder.legacyLock, []).publish()
    }
    note(request, .entered)
    let value = try await thing.read()
    try await clock.sleep(for: body)
    _ = try await thing.write(value + 1, Fence(0))
    note(request, .accepted)
    note(request, .left)
    try FlagFile.remove(folder.legacyLock)
  }

  private func note(_ request: Int, _ kind: LockEventRecord.Kind) {
    log(LockEventRecord(process: number, request: request, kind, at: clock.now))
  }
}
