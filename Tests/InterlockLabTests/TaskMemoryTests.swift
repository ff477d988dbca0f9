import Testing

@testable import InterlockLab

/// A task is there until the run is over, though nobody else wants it any more: the lab reads of it whether it has
/// returned.
@Suite struct TaskMemoryTests {
  @Test func `every task is kept but that of an async let`() {
    let engine = Engine()
    let outcome = engine.run(Strategy()) {
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<2 { group.addTask(name: "group \(number)") { await Task.yield() } }
      }
      await withDiscardingTaskGroup { group in
        group.addTask(name: "discarding") { await Task.yield() }
      }
      // Owner: the run.
      await Task(name: "task") { await Task.yield() }.value
      await Task.detached(name: "detached") { await Task.yield() }.value
      await Task.immediate(name: "immediate") { await Task.yield() }.value
      async let inFrame: Void = Task.yield()
      await inFrame
    }
    #expect(outcome == .passed)
    for (number, task) in engine.tasks.records.enumerated() {
      let isLast = number == engine.tasks.count - 1
      #expect(task.isInFrame == isLast, "\(task.name ?? "-")")
      #expect((task.object == 0) == isLast, "\(task.name ?? "-")")
    }
    #expect(engine.tasks.count == 8)
    engine.reset()
  }
}
