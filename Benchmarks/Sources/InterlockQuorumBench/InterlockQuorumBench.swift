import Glibc
import InterlockLocks
import InterlockRedis

/// Our part in the comparison of locks that several Redis servers decide; `peers/quorum_locks_bench.py` calls it.
///
/// ```text
/// interlock-quorum-bench URL SECONDS        pairs of take and release in a second, one client alone
/// ```
@main struct InterlockQuorumBench {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let seconds = Int64(arguments[2]) else {
      print("usage: interlock-quorum-bench URL SECONDS")
      exit(2)
    }
    try await pairs(RedisQuorumURL(arguments[1]), seconds)
  }

  @concurrent
  private static func pairs(_ place: RedisQuorumURL, _ seconds: Int64) async throws {
    let locks = LockClient(try RedisQuorumBackend(place))
    for _ in 0..<500 { try await locks.withLock("pairs") { _ in } }
    let start = now()
    var count: Int64 = 0
    while now() - start < seconds * 1_000_000_000 {
      try await locks.withLock("pairs") { _ in }
      count += 1
    }
    print(count * 1_000_000_000 / (now() - start))
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
