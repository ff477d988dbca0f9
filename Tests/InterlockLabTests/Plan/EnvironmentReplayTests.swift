import Glibc
import Testing

@testable import InterlockLab

/// `INTERLOCK_LAB_REPLAY` in a process of its own: which exploration runs it, and what is said when none does.
@Suite struct EnvironmentReplayTests {
  @Test func `one that takes another way says that names may be shared`() async throws {
    await #expect(processExitsWith: .success) {
      setenv("INTERLOCK_LAB_REPLAY", "lab1/mine//0:7", 1)
      var plan = Plan.random(schedules: 50)
      plan.name = "mine"
      do throws(LabFailure) {
        try await Lab.explore(plan) { _ in try await Self.twoTasks() }
        fatalError("it passed")
      } catch {
        precondition(error.report.outcome == .diverged("decision 0 had no choice 7"))
        let expected = """
          the run took another way than the schedule: decision 0 had no choice 7
          in the schedule that INTERLOCK_LAB_REPLAY names
          replay: lab1/mine//0:7
          explorations that share a name cannot be told apart: it may be of another one called mine. Plan.name gives \
          each its own

          """
        precondition("\(error)".hasPrefix(expected), "\(error)")
      }
    }
  }

  @Test func `an exploration with the schedule's name runs it and no other`() async throws {
    await #expect(processExitsWith: .success) {
      setenv("INTERLOCK_LAB_REPLAY", "lab1/mine//", 1)
      var plan = Plan.random(schedules: 50)
      plan.name = "mine"
      let mine = try await Lab.explore(plan) { _ in }
      plan.name = "other"
      let other = try await Lab.explore(plan) { _ in }
      precondition(mine.schedules == 1 && other.schedules == 50)
    }
  }

  @Test func `what an exploration without a name prints repeats it, and only it`() async throws {
    let found = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try await Self.exploreBoth()
    }
    let text = String(decoding: try #require(found).standardErrorContent, as: UTF8.self)
    let schedule = String(
      try #require(text.firstMatch(of: /Replay: (lab1\/EnvironmentReplayTests\.\S+)/)?.1))
    let again = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [schedule = schedule as String] in
      setenv("INTERLOCK_LAB_REPLAY", schedule, 1)
      try await Self.exploreBoth()
    }
    let repeated = String(decoding: try #require(again).standardErrorContent, as: UTF8.self)
    #expect(repeated.contains(": the second saw it half done"), "\(repeated)")
    #expect(repeated.contains("Replay: \(schedule)\n"), "\(repeated)")
    #expect(repeated.contains("the first ran 1000\n"), "\(repeated)")
  }

  @Test func `a schedule that is named by a seed is the one of that seed`() async throws {
    await #expect(processExitsWith: .success) {
      setenv("INTERLOCK_LAB_REPLAY", "lab1/mine/seed=3/random", 1)
      let alone = try await Lab.replay("lab1/mine/seed=3/random") { _ in try await Self.twoTasks() }
      var plan = Plan.portfolio(schedules: 50)
      plan.name = "mine"
      do throws(LabFailure) {
        try await Lab.explore(plan) { lab in
          try await Self.twoTasks()
          lab.check(false, "as expected")
        }
        fatalError("it passed")
      } catch {
        precondition(error.report.schedules == 1)
        // The check counts how the run ended.
        precondition(
          error.report.schedule?.split(separator: "#").first
            == alone.schedule?.split(separator: "#").first)
      }
    }
  }

  @Test func `a schedule of another file of that name is not run, and is told`() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      setenv("INTERLOCK_LAB_REPLAY", "lab1/mine/\(Build.identifier(of: "A/B.swift"))/0:7", 1)
      var plan = Plan.random(schedules: 50)
      plan.name = "mine"
      let report = try await Lab.explore(plan, file: "A/C.swift") { _ in }
      precondition(report.schedules == 50)
      exit(EXIT_SUCCESS)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      text.contains(
        "lab: INTERLOCK_LAB_REPLAY names mine, of build \(Build.identifier(of: "A/B.swift")), and the exploration "
          + "of that name is of build \(Build.identifier(of: "A/C.swift")): "), "\(text)")
  }

  @Test func `a schedule of another build of the file is run, and fails for it`() async throws {
    await #expect(processExitsWith: .success) {
      let builds = Build.identifiers(of: "A/B.swift")
      let this = Build.identifier(of: "A/B.swift")
      precondition(builds.contains(this))
      let other = builds.first { $0 != this } ?? ""
      setenv("INTERLOCK_LAB_REPLAY", "lab1/mine/\(other)/#0000", 1)
      var plan = Plan.random(schedules: 50)
      plan.name = "mine"
      do throws(LabFailure) {
        try await Lab.explore(plan, file: "A/B.swift") { _ in try await Self.twoTasks() }
        fatalError("it passed")
      } catch {
        precondition("\(error)".contains("it is of build \(other), and this is \(this)"))
      }
    }
  }

  @Test func `a name that no exploration has is told at the end`() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      setenv("INTERLOCK_LAB_REPLAY", "lab1/mine//", 1)
      var plan = Plan.random(schedules: 50)
      plan.name = "yours"
      try await Lab.explore(plan) { _ in }
      exit(EXIT_SUCCESS)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      text.contains(
        "lab: INTERLOCK_LAB_REPLAY names mine, and no exploration of this process had that name. "
          + "Nothing was replayed. There was yours\n"), "\(text)")
  }

  @Test func `of explorations that share a name only the schedule's own fails`() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      setenv("INTERLOCK_LAB_REPLAY", "lab1/cases//0:1#1234", 1)
      var plan = Plan.random(schedules: 50)
      (plan.name, plan.sharesName) = ("cases", true)
      // It has no decision at all.
      let fitless = try await Lab.explore(plan) { _ in }
      precondition(fitless.schedules == 1)
      do throws(LabFailure) {
        try await Lab.explore(plan) { lab in
          try await Self.twoTasks()
          lab.check(false, "found")
        }
        fatalError("it passed")
      } catch {
        precondition(error.report.outcome == .failed("found"))
      }
      exit(EXIT_SUCCESS)
    }
    // The check is of neither.
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("took another way in each exploration of that name, 2 in all"), "\(text)")
  }

  // MARK: -

  private static func twoTasks() async throws {
    async let other: Void = Task.yield()
    await Task.yield()
    await other
  }

  /// Two explorations: the second ends the process.
  private static func exploreBoth() async throws {
    let first = try await Lab.explore(.random(schedules: 1000, seed: 0)) { _ in
      try await twoTasks()
    }
    let line = Array("the first ran \(first.schedules)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    try await Lab.explore(.random(schedules: 1000, seed: 0)) { _ in
      let state = Locked(0)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          state.change { $0 = 1 }
          await Task.yield()
          state.change { $0 = 2 }
        }
        group.addTask {
          await Task.yield()
          precondition(state.value != 1, "the second saw it half done")
        }
      }
    }
  }
}
