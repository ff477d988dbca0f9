internal import Interlock
internal import InterlockLocks
internal import InterlockNode
internal import InterlockRedis
internal import InterlockSystem

/// A lock of the programs that this one takes the place of, taken as they take it.
protocol LegacyLock: Sendable {
  /// Tries once; it never waits.
  ///
  /// - Returns: whether it was free.
  func take() async throws -> Bool
  /// Gives back what was taken.
  func giveBack() async throws
  /// Frees it, whoever has it.
  func remove() async throws
  /// What one does who has waited for long enough: nothing, where it becomes free with time.
  func breakOpen() async throws
}

/// Which of them a backend stands for.
enum LegacyWay: Sendable {
  case file
  case redisKey

  init(_ location: BackendLocation) {
    if case .redis = location.place { self = .redisKey } else { self = .file }
  }

  /// How it is taken.
  var manner: String {
    switch self {
    case .file:
      "a lock file that is looked for and made \(LegacyLockFile.gap.milliseconds) ms later"
    case .redisKey: "a key that is set if it is not there, with a term that nothing renews"
    }
  }

  /// What is there while it is held.
  var thing: String {
    switch self {
    case .file: "the lock file"
    case .redisKey: "the key"
    }
  }
}

/// A file: look whether it is there, and then make it.
///
/// *Source:* the lock specification, section 1.1. Between the two steps, which a busy machine may draw out as it likes,
/// this waits for `gap`, so that each run shows what may come of it.
struct LegacyLockFile: LegacyLock {
  static let gap = Duration.milliseconds(100)

  let path: String
  let clock: any MonotonicClock

  func take() async throws -> Bool {
    guard FileStatus(of: path) == nil else { return false }
    try await clock.sleep(for: Self.gap)
    try await BlockingPool.shared.run { try FlagFile.Draft(path, []).publish() }
    return true
  }

  func giveBack() async throws { try FlagFile.remove(path) }

  func remove() async throws { try FlagFile.remove(path) }

  func breakOpen() async throws { try await remove() }
}

/// A key of a Redis server, `SET key token NX EX seconds`, and compared and deleted in two commands.
///
/// *Source:* the lock specification, sections 1.3 and 2.3.
struct LegacyRedisLock: LegacyLock {
  private let server: RedisConversation
  private let key: String
  private let term: Duration
  private let token = "\(UInt64.random(in: 0 ... .max))"

  init(_ url: RedisURL, _ name: LockName, term: Duration) throws {
    server = try RedisConversation(url, clientName: "interlock-drill")
    key = "givtcp:lock:\(name.text)"
    self.term = term
  }

  func take() async throws -> Bool {
    let seconds = max(1, term.nanoseconds / 1_000_000_000)
    return try await server.ask("SET", key, token, "NX", "EX", "\(seconds)") != .null
  }

  func giveBack() async throws {
    if try await server.ask("GET", key).string == token { try await remove() }
  }

  func remove() async throws { try await server.ask("DEL", key) }

  func breakOpen() async throws {}
}
