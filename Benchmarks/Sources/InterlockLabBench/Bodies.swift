import InterlockLab

/// A value that is read in one visit and written in another.
actor SharedCounter {
  private(set) var value = 0

  func set(_ new: Int) { value = new }

  func increment() { value += 1 }
}

/// Two tasks add 1 to a counter, and read and write it in two visits: 11 steps in a release build.
///
/// - Returns: what the counter is in the end: 2, or 1 when one addition was lost.
@Sendable func lostUpdate() async -> Int {
  let counter = SharedCounter()
  await withTaskGroup { group in
    for _ in 0..<2 {
      group.addTask {
        let value = await counter.value
        await counter.set(value + 1)
      }
    }
  }
  return await counter.value
}

/// Tasks visit one actor so many times each, and yield between: as many steps in every order.
@Sendable func visits(_ tasks: Int, times: Int) {
  let counter = SharedCounter()
  for _ in 0..<tasks {
    // Owner: the run, which is over when its tasks are.
    Task {
      for _ in 0..<times {
        await counter.increment()
        await Task.yield()
      }
    }
  }
}

/// Ten tasks sleep 720 times each: together an hour at least, and 7200 wake-ups.
@Sendable func sleeps() async {
  await withTaskGroup { group in
    for task in 0..<10 {
      group.addTask {
        for _ in 0..<360 {
          try? await Task.sleep(for: .seconds(1 + task % 3))
          try? await Task.sleep(for: .seconds(9))
        }
      }
    }
  }
}

/// Explores, and ends the program when that does not go as it must: what is measured has to be right as well.
///
/// - Returns: what was done.
@discardableResult
func explored(_ plan: Plan, _ body: @escaping @Sendable (Lab) async throws -> Void) async -> Report
{
  do { return try await Lab.explore(plan, body) } catch { fatalError("\(error)") }
}
