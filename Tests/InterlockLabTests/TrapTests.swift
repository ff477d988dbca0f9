import Foundation
import InterlockLab
import Testing

/// A process that dies inside a schedule says how that is repeated (lab.L-7).
@Suite struct TrapTests {
  @Test func `lab.L-7 a precondition in the code under test leaves its replay behind`() async throws
  {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try await Lab.explore(.random(schedules: 1000, seed: 0)) { _ in try await Self.racy() }
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let line = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("lab: the process died") })
    let schedule = String(try #require(line.split(separator: " ").last))
    #expect(schedule.hasPrefix("lab1/TrapTests."))

    // The schedule alone brings it about again.
    let again = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [schedule = schedule as String] in
      _ = try await Lab.replay(schedule) { _ in try await Self.racy() }
    }
    let repeated = String(decoding: try #require(again).standardErrorContent, as: UTF8.self)
    #expect(repeated.contains("\(schedule)\n"))
  }

  @Test func `lab.L-7 a trap in the first run that draws numbers leaves their seed behind`()
    async throws
  {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try await Lab.explore(.random(schedules: 1, seed: .max)) { lab in
        var random = lab.random
        await Task.yield()
        precondition(random.next() == 0, "drew something else")
      }
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("/r=18446744073709551615\n"), "\(text)")
  }

  @Test func `lab.L-7 a trap in a run that draws no numbers leaves no seed behind`() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var plan = Plan.random(schedules: 2, seed: 5)
      plan.checkDeterminism = false
      try await Lab.explore(plan) { lab in
        // The first run draws, and the second must not be told as if it did.
        guard Drawn.isFirst else { preconditionFailure("the second run") }
        var random = lab.random
        _ = random.next()
      }
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("Replay: lab1/") && !text.contains("/r="), "\(text)")
  }

  @Test func `lab.L-7 a stack that is full leaves the replay behind as well`() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try await Lab.explore(.random(schedules: 1, seed: 0)) { lab in
        await Task.yield()
        lab.check(Self.deep(1, { $0 >= 0 }) == 0, "it has no end")
      }
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      text.contains("lab: the process died in step 2, of task main. Replay: lab1/"), "\(text)")
  }

  /// Has no end that the stack would see.
  private static func deep(_ depth: Int, _ goesOn: (Int) -> Bool) -> Int {
    guard goesOn(depth) else { return depth }
    return deep(depth + 1, goesOn) - depth
  }

  @Test func `lab.L-2 a step that blocks its thread ends the process, and is named`() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try await Lab.explore(.random(schedules: 1, seed: 0)) { _ in
        await Task.yield()
        // The default schedule, whatever the seed: one task at a time is ready.
        await Task(name: "alice") { await Vault().block() }.value
      }
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      text.contains("lab: a step does not end: step 4, of task alice, on actor Vault. "), "\(text)")
    #expect(text.contains("Replay: lab1/TrapTests."), "\(text)")
  }

  private static func racy() async throws {
    let state = Locked(0)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        state.change { $0 = 1 }
        await Task.yield()
        state.change { $0 = 2 }
      }
      group.addTask {
        await Task.yield()
        precondition(state.value != 1, "saw it half done")
      }
    }
  }
}

private enum Drawn {
  private static let runs = Locked(0)
  static var isFirst: Bool {
    runs.change { $0 += 1 }
    return runs.value == 1
  }
}

private actor Vault {
  func block() {
    let semaphore = DispatchSemaphore(value: 0)
    semaphore.wait()
  }
}
