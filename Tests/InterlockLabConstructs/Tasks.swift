import InterlockLab
import Synchronization

private enum Local {
  @TaskLocal static var tag = "none"
}

extension Construct {
  static let ofTasks: [Construct] = [
    Construct("async let") { lab in
      async let first = inHall(1)
      async let second = onMain(2)
      lab.check(await first + second == 5, "sum")
    },
    Construct("an async let that nobody awaits") { lab in
      let box = Box()
      do { async let _ = box.add(1) }
      lab.check(await box.value == 1, "value")
    },
    Construct("Task {}") { lab in lab.check(await Task { await inHall(1) }.value == 2, "value") },
    Construct("Task {} inside an actor") { lab in lab.check(await Box().spawn() == 1, "value") },
    Construct("Task in Task") { lab in
      let value = await Task { await Task { await Task { 7 }.value }.value }.value
      lab.check(value == 7, "value")
    },
    Construct("Task.detached") { lab in
      lab.check(await Task.detached { await inHall(1) }.value == 2, "value")
    },
    Construct("Task(name:)") { lab in
      let name = await Task(name: "alice") { Task.name }.value
      lab.check(name == "alice", "name")
    },
    Construct("Task.immediate") { lab in
      let task = Task.immediate {
        await Task.yield()
        return await inHall(1)
      }
      lab.check(await task.value == 2, "value")
    },
    Construct("Task.immediate, everything in its first part") { lab in
      let box = Box()
      let task = Task.immediate {
        await box.add(1)
        try await Task.sleep(for: .seconds(5))
        async let other = inHall(1)
        return await other + onMain(1)
      }
      lab.check(try await task.value == 4, "value")
      lab.check(await box.value == 1, "box")
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("Task.immediate inside an actor") { lab in
      lab.check(await Box().spawnImmediately() == 2, "value")
    },
    Construct("Task.immediate on the main actor") { lab in
      let value = await MainActor.run {
        Task.immediate { @MainActor in
          MainActor.assertIsolated()
          await Task.yield()
          return onMain(1)
        }
      }.value
      lab.check(value == 2, "value")
    },
    Construct("Task.immediateDetached") { lab in
      let task = Task.immediateDetached {
        await Task.yield()
        return await inHall(1)
      }
      lab.check(await task.value == 2, "value")
    },
    Construct("Task.yield") { lab in
      await Task.yield()
      assertInside()
      await Task.yield()
    },
    Construct("priorities") { lab in
      let task = Task(priority: .low) { Task.currentPriority }
      lab.check(await task.value >= .low, "priority")
      let high = Task(priority: .high) { await inHall(1) }
      lab.check(await high.value == 2, "value")
    },
    Construct("a priority that is escalated") { lab in
      let task = Task(priority: .low) {
        await withTaskPriorityEscalationHandler {
          await Task.yield()
          return await inHall(1)
        } onPriorityEscalated: { _, _ in
          assertInside()
        }
      }
      await Task.yield()
      task.escalatePriority(to: .high)
      lab.check(await task.value == 2, "value")
    },
    Construct("task-local values") { lab in
      await Local.$tag.withValue("mine") {
        let tag = await Task { () -> String in
          await Task.yield()
          return Local.tag
        }.value
        lab.check(tag == "mine", "tag")
        lab.check(await Task.detached { Local.tag }.value == "none", "inherited")
      }
    },
    Construct("no executor preference") { lab in
      let value = await withTaskExecutorPreference(nil) {
        await Task.yield()
        return await inHall(1)
      }
      lab.check(value == 2, "value")
    },
    Construct("a task that names no executor") { lab in
      let task = Task(executorPreference: nil) { await inHall(1) }
      lab.check(await task.value == 2, "value")
    },
    Construct("a mutex and an atomic") { lab in
      let flag = Flag()
      let count = Count()
      async let first: Void = count.add(flag)
      async let second: Void = count.add(flag)
      _ = await (first, second)
      lab.check(flag.isSet && count.value == 2, "value")
    },
  ]
}

private final class Count: Sendable {
  private let state = Atomic(0)
  var value: Int { state.load(ordering: .acquiring) }

  func add(_ flag: Flag) async {
    flag.set()
    await Task.yield()
    state.add(1, ordering: .acquiringAndReleasing)
  }
}
