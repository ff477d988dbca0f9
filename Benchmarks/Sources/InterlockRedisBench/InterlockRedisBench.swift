import Glibc
import Interlock
import InterlockLocks
import InterlockRedis

/// Our part in the comparison of locks on one Redis server; `peers/redis_locks_bench.py` calls it as it calls the others.
///
/// ```text
/// interlock-redis-bench pairs PORT SECONDS                        pairs of take and release in a second
/// interlock-redis-bench turns PORT START SECONDS BODY CLIENTS     a line for each turn: its beginning, its end, whose it was
/// ```
///
/// `START` and the lines are in nanoseconds of the system's monotonic clock; `BODY` is in microseconds, slept by the thread
/// as the other programs do.
@main struct InterlockRedisBench {
  /// A turn of one client.
  private struct Turn: Sendable {
    let begun: Int64
    let ended: Int64
    let client: Int
  }

  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().map { Int64($0) ?? 0 }
    switch (arguments.first, numbers.count) {
    case ("pairs", 2): try await pairs(port: numbers[0], seconds: numbers[1])
    case ("turns", 5):
      try await turns(
        port: numbers[0], start: numbers[1], seconds: numbers[2], body: UInt32(numbers[3]),
        clients: Int(numbers[4]))
    default:
      print("usage: pairs PORT SECONDS | turns PORT START SECONDS BODY CLIENTS")
      exit(2)
    }
  }

  private static func client(_ port: Int64) throws -> LockClient {
    LockClient(try RedisLockBackend(RedisURL("redis://127.0.0.1:\(port)")))
  }

  @concurrent
  private static func pairs(port: Int64, seconds: Int64) async throws {
    let locks = try client(port)
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
    port: Int64, start: Int64, seconds: Int64, body: UInt32, clients: Int
  ) async throws {
    let end = start + seconds * 1_000_000_000
    let all = try await withThrowingTaskGroup(of: [Turn].self) { group in
      for number in 0..<clients {
        let locks = try client(port)
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
