import BenchHarness
import Interlock
import InterlockLab

/// A body that goes wrong in some orders, tried in the lab and by plain repetition.
struct Race: Sendable {
  let name: String
  /// Whether it went wrong.
  let goesWrong: @Sendable () async -> Bool

  static let all = [
    Race(name: "lost update") { await lostUpdate() != 2 },
    Race(name: "check, then act") { await ownersOfOneFile() != 1 },
  ]

  /// Tries each race so many times either way, and sleeps; one JSON object a line.
  @concurrent
  static func run(_ count: Int) async {
    for race in all {
      let goesWrong = race.goesWrong
      await report(race.name, "lab", count) {
        await Lab.measure(.random(schedules: count, seed: 0)) { lab in
          let wrong = await goesWrong()
          lab.check(!wrong, race.name)
        }.failures
      }
      await report(race.name, "repetition", count) {
        var failures = 0
        for _ in 0..<count where await Task.detached(operation: { await goesWrong() }).value {
          failures += 1
        }
        return failures
      }
    }
    await report("7200 sleeps", "lab", 1) {
      await Lab.measure(.random(schedules: 1, seed: 0)) { _ in await sleeps() }.failures
    }
  }

  private static func report(
    _ name: String, _ way: String, _ tried: Int, _ body: () async -> Int
  ) async {
    let start = SystemClock().now
    let found = await body()
    let nanoseconds = start.nanoseconds(to: SystemClock().now)
    print(
      """
      {"race":"\(name)","way":"\(way)","tried":\(tried),"found":\(found),"nanoseconds":\(nanoseconds)}
      """)
  }
}

/// Two tasks look for a lock file, write their own when there is none, and put it into place.
///
/// - Returns: how many own it: 1, or 2 when both looked before either was done.
@Sendable private func ownersOfOneFile() async -> Int {
  let directory = LockDirectory()
  let disk = SharedCounter()
  await withTaskGroup { group in
    for _ in 0..<2 {
      group.addTask {
        guard await !directory.exists() else { return }
        await disk.increment()
        await directory.create()
      }
    }
  }
  return await directory.owners
}

/// A directory for one file, as processes see it.
private actor LockDirectory {
  private(set) var owners = 0

  func exists() -> Bool { owners > 0 }

  func create() { owners += 1 }
}
