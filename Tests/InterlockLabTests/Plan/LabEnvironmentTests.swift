import Glibc
import Testing

@testable import InterlockLab

/// The environment overrides the plan of every exploration.
@Suite struct LabEnvironmentTests {
  private func environment(_ values: [String: String]) throws -> LabEnvironment {
    try LabEnvironment { values[$0] }
  }

  @Test func `an environment that says nothing leaves the plan as it is`() throws {
    let plan = try environment([:]).applied(to: .random(schedules: 12, seed: 5))
    #expect(plan.schedules == 12)
    #expect(plan.seed == 5)
    #expect(try environment([:]).replay == nil)
  }

  @Test func `seed and number of schedules come before those of the plan`() throws {
    let plan = try environment([
      "INTERLOCK_LAB_SEED": "18446744073709551615", "INTERLOCK_LAB_SCHEDULES": "7",
    ]).applied(to: .random(schedules: 12, seed: 5))
    #expect(plan.schedules == 7)
    #expect(plan.seed == .max)
  }

  @Test(arguments: [
    ("lab1/queue/12ab/1:2#00ff", "queue", "12ab"), ("lab1/a%20b//", "a b", ""),
    ("lab1/queue/seed=7/pct:3", "queue", ""),
  ]) func `a schedule to replay is named by its decisions or by its seed`(
    _ text: String, _ name: String, _ build: String
  ) throws {
    let replay = try #require(try environment(["INTERLOCK_LAB_REPLAY": text]).replay)
    #expect(replay.name == name && replay.build == build)
  }

  @Test(arguments: [
    ("INTERLOCK_LAB_SEED", "-1", "is \"-1\": a number from 0 to 18446744073709551615 is needed"),
    ("INTERLOCK_LAB_SEED", "", "is \"\": a number from 0 to 18446744073709551615 is needed"),
    ("INTERLOCK_LAB_SCHEDULES", "0", "is \"0\": a number above 0 is needed"),
    ("INTERLOCK_LAB_SCHEDULES", "many", "is \"many\": a number above 0 is needed"),
    ("INTERLOCK_LAB_REPLAY", "1:2", ": \"1:2\" is no schedule: a schedule begins with \"lab1/\""),
    (
      "INTERLOCK_LAB_REPLAY", "lab1/x/seed=1/dice",
      ": \"lab1/x/seed=1/dice\" is no schedule: with a seed it is lab1/<name>/seed=<number>/ and then random, "
        + "pct:<depth>, uniform or pos"
    ),
  ]) func `what cannot be is named`(_ name: String, _ value: String, _ reason: String) {
    let error = #expect(throws: LabEnvironment.Misset.self) { try environment([name: value]) }
    #expect(error?.description == "\(name)\(name.hasSuffix("REPLAY") ? "" : " ")\(reason)")
  }

  @Test(
    arguments: [
      (nil, false), ("", false), ("0", false), ("false", false), ("true", true), ("1", true),
    ] as [(String?, Bool)])
  func `continuous integration is what CI says`(_ value: String?, _ expected: Bool) {
    #expect(LabEnvironment.saysIntegration { $0 == "CI" ? value : nil } == expected)
  }

  // MARK: In a process of their own

  @Test func `an exploration obeys the environment`() async throws {
    await #expect(processExitsWith: .success) {
      setenv("INTERLOCK_LAB_SCHEDULES", "7", 1)
      setenv("INTERLOCK_LAB_SEED", "40", 1)
      let report = try await Lab.explore(.random(schedules: 500)) { _ in await Task.yield() }
      precondition(report.schedules == 7)
      do throws(LabFailure) {
        try await Lab.explore(.random(schedules: 500)) { lab in lab.check(false, "no") }
      } catch {
        precondition(error.report.seed == 40)
        precondition("\(error)".contains("schedule 1 of 7, by random with seed 40"))
        precondition("\(error)".contains("INTERLOCK_LAB_SEED=40"))
      }
    }
  }

  @Test func `an exploration in an impossible environment fails with its name`() async throws {
    await #expect(processExitsWith: .success) {
      setenv("INTERLOCK_LAB_SCHEDULES", "many", 1)
      do throws(LabFailure) {
        try await Lab.explore(.random(schedules: 1)) { _ in }
        fatalError("it ran")
      } catch {
        precondition(
          "\(error)" == "INTERLOCK_LAB_SCHEDULES is \"many\": a number above 0 is needed")
      }
    }
  }

  @Test func `continuous integration has one seed, and elsewhere each process another`() async {
    await #expect(processExitsWith: .success) {
      setenv("CI", "true", 1)
      precondition(Plan.random(schedules: 1).seed == 0)
    }
    await #expect(processExitsWith: .success) {
      unsetenv("CI")
      let seed = Plan.random(schedules: 1).seed
      // Once in 4 thousand million processes it is 0 by chance.
      precondition(seed != 0)
      precondition(Plan.portfolio(schedules: 1).seed == seed)
    }
  }
}
