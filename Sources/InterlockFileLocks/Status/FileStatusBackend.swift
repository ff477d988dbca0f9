public import Interlock
public import InterlockLocks
internal import InterlockSystem

/// A status board in a folder, for the processes of one machine.
///
/// In the folder a legacy program works in, its flag files are statuses of this board, and those of this board that have
/// a legacy name are its flags: both set, see and end the same ones. What it does is all in one folder, flat; see
/// `StatusFileNames`.
///
/// A legacy program takes no lock: it may set a flag between this board's look and its change, or remove one. Only when
/// all use this board is nothing lost in between.
///
/// *Cancellation:* a change once begun is finished.
public final class FileStatusBackend: StatusBackend {
  /// `file://` and the folder.
  public let title: String
  /// What waiting is measured by.
  public let clock: any MonotonicClock

  private let folder: StatusFolder
  /// One thread: what changes the board waits for the others anyway.
  private let pool = BlockingPool(width: 1, capacity: 256)
  private let hasCleaned = Guarded(false)

  /// A board in a folder, which is made with the first status.
  ///
  /// - Parameters:
  ///   - directory: The folder's path.
  ///   - clock: What waiting is measured by.
  public convenience init(directory: String, clock: any MonotonicClock) {
    self.init(directory: directory, clock: clock, host: .real)
  }

  /// A board in a folder of a machine that may be invented.
  package convenience init(directory: String, clock: any MonotonicClock, host: StatusHost) {
    self.init(directory: directory, clock: clock, host: host) { _ in }
  }

  /// A board in a folder that tells of each step before it is done.
  init(
    directory: String, clock: any MonotonicClock, host: StatusHost,
    onStep: @escaping @Sendable (StatusFolder.Step) -> Void
  ) {
    title = "file://\(directory)"
    self.clock = clock
    folder = StatusFolder(path: directory, host: host, onStep: onStep)
  }

  /// Sets a status that is not set.
  public func begin(_ draft: StatusDraft) async throws(StatusError) -> StatusEntry {
    try await change(draft.key) { slot throws(StatusError) in try slot.begin(draft) }
  }

  /// Sets a status, whatever was.
  public func set(
    _ draft: StatusDraft
  ) async throws(StatusError) -> (entry: StatusEntry, replaced: StatusEntry?) {
    try await change(draft.key) { slot throws(StatusError) in try slot.set(draft) }
  }

  /// Lets one incarnation last for at least `ttl` from now.
  public func extend(
    _ key: StatusKey, id: String, ttl: Duration, fence: Fence?
  ) async throws(StatusError) -> StatusEntry {
    try await change(key) { slot throws(StatusError) in
      try slot.extend(key, id: id, ttl: ttl, fence: fence)
    }
  }

  /// Ends one incarnation.
  public func end(
    _ key: StatusKey, id: String, fence: Fence?
  ) async throws(StatusError) -> Bool {
    try await change(key) { slot throws(StatusError) in try slot.end(key, id: id, fence: fence) }
  }

  /// Removes whatever is recorded, also a link in the place of a file.
  public func clear(_ key: StatusKey) async throws(StatusError) -> StatusEntry? {
    try await run(key) { folder throws(StatusError) in try folder.clear(key) }
  }

  /// What is set; what is over is removed.
  public func entry(_ key: StatusKey) async throws(StatusError) -> StatusEntry? {
    try await run(key) { folder throws(StatusError) in try folder.entry(key) }
  }

  /// Everything that is set in a scope, or at all for nil.
  public func entries(in scope: StatusName?) async throws(StatusError) -> [StatusEntry] {
    try await run(nil) { folder throws(StatusError) in try folder.entries(in: scope) }
  }

  /// Tells one watcher to look five times a second: legacy programs tell nobody, and not every file system does.
  public func makeFeed() async throws(StatusError) -> any StatusFeed { Feed(clock: clock) }

  /// Its thread ends with it.
  public func close() async {}

  private func change<Result: Sendable>(
    _ key: StatusKey,
    _ step: @escaping @Sendable (inout StatusSlot) throws(StatusError) -> Result
  ) async throws(StatusError) -> Result {
    let isFirst = hasCleaned.withLock { hasCleaned in
      defer { hasCleaned = true }
      return !hasCleaned
    }
    return try await run(key) { folder throws(StatusError) in
      if isFirst { folder.removeRemains() }
      return try folder.change(key, step)
    }
  }

  private func run<Result: Sendable>(
    _ key: StatusKey?, _ job: @escaping @Sendable (StatusFolder) throws(StatusError) -> Result
  ) async throws(StatusError) -> Result {
    let outcome: Swift.Result<Result, StatusError>
    do {
      outcome = try await pool.run { [folder] in
        do throws(StatusError) {
          return .success(try job(folder))
        } catch {
          return .failure(error)
        }
      }
    } catch {
      // Too many calls wait, or the machine has no room for a thread.
      throw StatusError(key, .unavailable("\(error)"))
    }
    return try outcome.get()
  }

  private final class Feed: StatusFeed {
    private static let interval = Duration.milliseconds(200)
    private let clock: any MonotonicClock

    init(clock: any MonotonicClock) { self.clock = clock }

    func wait(until deadline: Instant) async throws {
      try await clock.sleep(until: min(deadline, clock.now.advanced(by: Self.interval)))
    }
  }
}
