import Foundation
import InterlockLab
import Testing

/// The same schedule is the same run, everywhere (lab.L-3), and other seeds are other runs (lab.L-4).
@Suite struct RepeatabilityTests {
  private actor Counter {
    private(set) var value = 0
    func set(_ new: Int) { value = new }
  }

  /// Tasks are made in the order of a set: only fixed hashing makes that an order.
  @Sendable private static func fromASet(_ lab: Lab) async throws {
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for name in Set((0..<6).map { "task-\($0)" }) {
        group.addTask(name: name) {
          let value = await counter.value
          lab.note("\(name) read \(value)")
          await counter.set(value + 1)
          try? await Task.sleep(for: .milliseconds(value))
        }
      }
    }
    lab.check(await counter.value == 6, "an update was lost")
  }

  @Test func `lab.L-3 a schedule is the same run a hundred times in one process`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 100, seed: 7), Self.fromASet)
    }
    let schedule = try #require(failure?.report.schedule)
    let trace = try #require(failure?.report.trace).description
    for _ in 0..<100 {
      let report = try await Lab.replay(schedule, Self.fromASet)
      #expect(report.outcome == .failed("an update was lost"))
      #expect(report.trace?.description == trace)
    }
  }

  @Test func `lab.L-3 a schedule is the same run in twenty processes`() async throws {
    var traces: Set<String> = []
    for _ in 0..<20 {
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        do {
          try await Lab.explore(.random(schedules: 100, seed: 7), Self.fromASet)
        } catch let failure as LabFailure {
          let trace = try #require(failure.report.trace)
          print("BEGIN \(failure.report.schedule ?? "-") \(trace) END")
        }
      }
      let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
      let begin = try #require(text.range(of: "BEGIN"))
      let end = try #require(text.range(of: "END"))
      traces.insert(String(text[begin.upperBound..<end.lowerBound]))
    }
    #expect(traces.count == 1)
  }

  @Test(arguments: ["random", "pct:3", "uniform", "pos"])
  func `a schedule can be named by its seed`(_ strategy: String) async throws {
    var outcomes: Set<Outcome> = []
    for seed in 0..<60 {
      let report = try await Lab.replay("lab1/body/seed=\(seed)/\(strategy)", Self.fromASet)
      let again = try await Lab.replay(try #require(report.schedule), Self.fromASet)
      #expect(again.outcome == report.outcome)
      #expect(again.trace == report.trace)
      outcomes.insert(report.outcome)
    }
    #expect(outcomes.contains(.failed("an update was lost")))
  }

  @Test func `a seed alone is the schedule of an exploration with it`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 100, seed: 7), Self.fromASet)
    }
    let seed = try #require(failure?.report.seed)
    let report = try await Lab.replay("lab1/body/seed=\(seed)/random", Self.fromASet)
    #expect(report.outcome == failure?.report.outcome)
    #expect(report.deviationsFound == failure?.report.deviationsFound)
  }

  @Test func `lab.L-4 a thousand seeds are more than a hundred runs`() async throws {
    let statistics = await Lab.measure(.random(schedules: 1000, seed: 0)) { _ in
      let counter = Counter()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            let value = await counter.value
            await counter.set(value + 1)
          }
        }
      }
      _ = await counter.value
    }
    #expect(statistics.schedules == 1000)
    #expect(statistics.distinctSchedules >= 100, "\(statistics.distinctSchedules)")
    #expect(statistics.steps / statistics.schedules >= 11)
  }
}
