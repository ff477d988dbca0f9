import InterlockLab
import Synchronization
import Testing

/// Actors that serve in order, when the plan says so.
@Suite struct ActorOrderTests {
  private actor Desk {
    private(set) var served: [Int] = []
    func serve(_ number: Int) { served.append(number) }
  }

  /// Two come to an actor while a third holds it; whether the later one was served first.
  private static func body(_ isOvertaken: Locked<Bool>) -> @Sendable (Lab) async throws -> Void {
    { lab in
      let desk = Desk()
      let came = Locked<[Int]>([])
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<3 {
          group.addTask {
            came.change { $0.append(number) }
            await desk.serve(number)
          }
        }
      }
      let served = await desk.served
      if served != came.value { isOvertaken.change { $0 = true } }
    }
  }

  @Test func `an actor serves in any order, unless the plan wants that of arrival`() async throws {
    for isInOrder in [false, true] {
      for plan in [Plan.random(schedules: 300, seed: 0), .exhaustive(preemptions: nil)] {
        var plan = plan
        plan.fifoActors = isInOrder
        let isOvertaken = Locked(false)
        let report = try await Lab.explore(plan, Self.body(isOvertaken))
        #expect(isOvertaken.value != isInOrder, "\(report.schedules) schedules")
      }
    }
  }

  @Test func `a replay keeps the order of arrival`() async throws {
    var plan = Plan.random(schedules: 300, seed: 0)
    plan.fifoActors = true
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let desk = Desk()
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<3 { group.addTask { await desk.serve(number) } }
      }
      lab.check(await desk.served != [2, 0, 1], "2, 0, 1")
    }
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
    let schedule = try #require(failure?.report.schedule)
    #expect(schedule.contains("/q"))
    let replayed = try await Lab.replay(schedule, body)
    #expect(replayed.outcome == .failed("2, 0, 1"))
  }
}
