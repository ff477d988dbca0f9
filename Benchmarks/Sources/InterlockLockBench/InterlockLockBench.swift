import Glibc
import Interlock
import InterlockFileLocks
import InterlockLocks
import InterlockPostgres
import InterlockRedis

/// Our part in the comparisons of locks between processes; the programs in `peers` call it as they call the others.
///
/// ```text
/// interlock-lock-bench pairs PLACE SECONDS                        pairs of take and release in a second
/// interlock-lock-bench turns PLACE START SECONDS BODY CLIENTS     a line for each turn: its beginning, its end, whose it was
/// ```
///
/// `PLACE` is a folder, the port of a Redis server, the URL of several, or that of a PostgreSQL database. `START` and the lines are
/// in nanoseconds of the system's monotonic clock; `BODY` is in microseconds, slept by the thread as the other programs do.
@main struct InterlockLockBench {
  /// A turn of one client.
  private struct Turn: Sendable {
    let begun: Int64
    let ended: Int64
    let client: Int
  }

  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst(2).map { Int64($0) ?? 0 }
    switch (arguments.first, arguments.dropFirst().first, numbers.count) {
    case ("pairs", let place?, 1): try await pairs(place, seconds: numbers[0])
    case ("turns", let place?, 4):
      try await turns(
        place, start: numbers[0], seconds: numbers[1], body: UInt32(numbers[2]),
        clients: Int(numbers[3]))
    default:
      print("usage: pairs PLACE SECONDS | turns PLACE START SECONDS BODY CLIENTS")
      exit(2)
    }
  }

  private static func client(_ place: String) throws -> LockClient {
    if let port = UInt16(place) {
      return LockClient(try RedisLockBackend(RedisURL(host: "127.0.0.1", port: port)))
    }
    if place.hasPrefix("redis+quorum:") {
      return LockClient(try RedisQuorumBackend(RedisQuorumURL(place)))
    }
    if place.hasPrefix("postgres:") {
      return LockClient(try PostgresLockBackend(PostgresURL(place)))
    }
    return LockClient(try FileLockBackend(directory: place))
  }

  @concurrent
  private static func pairs(_ place: String, seconds: Int64) async throws {
    let locks = try client(place)
    for _ in 0..<500 { try await locks.withLock("pairs") { _ in } }
    let start = now()
    var count: Int64 = 0
    while now() - start < seconds * 1_000_000_000 {
      try await locks.withLock("pairs") { _ in }
      count += 1
    }
    print(count * 1_000_000_000 / (now() - start))
  }

  @concurrent
  private static func turns(
    _ place: String, start: Int64, seconds: Int64, body: UInt32, clients: Int
  ) async throws {
    let end = start + seconds * 1_000_000_000
    let all = try await withThrowingTaskGroup(of: [Turn].self) { group in
      for number in 0..<clients {
        let locks = try client(place)
        group.addTask { try await takeTurns(locks, number, from: start, to: end, body) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    for turn in all { print(turn.begun, turn.ended, turn.client) }
  }

  private static func takeTurns(
    _ locks: LockClient, _ client: Int, from start: Int64, to end: Int64, _ body: UInt32
  ) async throws -> [Turn] {
    try await locks.withLock(LockName("warm \(getpid()) \(client)")) { _ in }
    try await Task.sleep(for: .nanoseconds(max(0, start - now())))
    var turns: [Turn] = []
    while now() < end {
      turns.append(
        try await locks.withLock("turns") { _ in
          let begun = now()
          if body > 0 { usleep(body) }
          return Turn(begun: begun, ended: now(), client: client)
        })
    }
    return turns
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
