import Foundation
import InterlockLab
import Testing

/// A schedule is made small only as far as it still shows the same defect: one that is told at the same place.
@Suite struct LikenessTests {
  @Test func `a failure does not become another while it is made small`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let order = await Self.order()
      // The default schedule fails as well, and needs nothing.
      lab.check(order != [2, 0, 1], "overtaken by 2")
      lab.check(order != [0, 1, 2], "in order")
    }
    let kept = try #require(
      await found({ $0 == "overtaken by 2" }, body), "no seed finds the rare failure first")
    let schedule = try #require(kept.schedule)
    #expect(try await Lab.replay(schedule, body).outcome == .failed("overtaken by 2"))
  }

  @Test func `whatever a message has in it, a failure is made small`() async throws {
    for message in ["lost", "names"] {
      for seed in 1...3 as ClosedRange<UInt64> {
        let failure = await #expect(throws: LabFailure.self) {
          try await Lab.explore(.random(schedules: 100, seed: seed)) { lab in
            let names = Locked<[String]>([])
            let count = Locked(0)
            await withTaskGroup(of: Void.self) { group in
              for name in ["alice", "bob", "carol", "dave"] {
                group.addTask {
                  for _ in 0..<4 {
                    let seen = count.value
                    names.change { $0.append(name) }
                    await Task.yield()
                    count.change { $0 = seen + 1 }
                  }
                }
              }
            }
            let text = message == "lost" ? "request \(UUID()) lost" : "\(names.value)"
            lab.check(count.value == 16, text)
          }
        }
        let report = try #require(failure).report
        let schedule = try #require(report.schedule)
        #expect(schedule.split(separator: ":").count - 1 <= 2, "\(schedule)")
      }
    }
  }

  @Test func `a history that cannot be is made small`() async throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      let failure = await #expect(throws: LabFailure.self) {
        try await Lab.explore(.random(schedules: 300, seed: seed)) { lab in
          let value = Locked(0)
          let history = lab.history(RegisterModel(initial: 0))
          await withTaskGroup(of: Void.self) { group in
            for writer in 1...3 {
              group.addTask {
                for round in 0..<3 {
                  await history.perform(.write(writer * 10 + round)) {
                    await Task.yield()
                    value.change { $0 = writer * 10 + round }
                    return .written
                  }
                  await history.perform(.read) {
                    let seen = value.value
                    for _ in 0..<3 { await Task.yield() }
                    // What is wrong in every order.
                    return .value(seen == 20 ? 0 : seen)
                  }
                }
              }
            }
          }
          lab.check(history)
        }
      }
      let schedule = try #require(failure?.report.schedule)
      #expect(schedule.split(separator: ":").count - 1 == 0, "\(schedule)")
    }
  }

  private static func order() async -> [Int] {
    let order = Locked<[Int]>([])
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<3 {
        group.addTask {
          await Task.yield()
          order.change { $0.append(number) }
        }
      }
    }
    return order.value
  }

  /// The report of the first seed whose schedule was found to fail so.
  private func found(
    _ isWanted: (String) -> Bool, _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async -> Report? {
    for seed in 0..<200 as Range<UInt64> {
      do {
        try await Lab.explore(.random(schedules: 1, seed: seed), body)
      } catch {
        if isWanted("\(error.report.found ?? error.report.outcome)") { return error.report }
      }
    }
    return nil
  }
}
