import InterlockLab

extension Construct {
  static let ofGroups: [Construct] = [
    Construct("a task group") { lab in
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<3 { group.addTask { await inHall(number) } }
        return await group.reduce(0, +)
      }
      lab.check(sum == 6, "sum")
    },
    Construct("a throwing group") { lab in
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { throw Refused() }
          group.addTask { try await Task.sleep(for: .seconds(3600)) }
          try await group.waitForAll()
        }
        lab.check(false, "nothing thrown")
      } catch is Refused {}
    },
    Construct("a discarding group") { lab in
      let box = Box()
      await withDiscardingTaskGroup { group in
        for _ in 0..<3 { group.addTask { await box.add(1) } }
      }
      lab.check(await box.value == 3, "value")
    },
    Construct("a throwing discarding group") { lab in
      do {
        try await withThrowingDiscardingTaskGroup { group in
          group.addTask { try await Task.sleep(for: .seconds(3600)) }
          group.addTask {
            await Task.yield()
            throw Refused()
          }
        }
        lab.check(false, "nothing thrown")
      } catch is Refused {}
      lab.check(lab.elapsed == .zero, "time passed")
    },
    Construct("an immediate child of a group") { lab in
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<2 {
          group.addImmediateTask {
            await Task.yield()
            return await inHall(number)
          }
        }
        return await group.reduce(0, +)
      }
      lab.check(sum == 3, "sum")
    },
    Construct("children of a group, with names and priorities") { lab in
      let sum = await withTaskGroup(of: Int.self) { group in
        group.addTask(name: "low", priority: .low) { await onMain(1) }
        group.addTask(name: "high", priority: .high) { await inHall(1) }
        return await group.reduce(0, +)
      }
      lab.check(sum == 4, "sum")
    },
    Construct("cancelAll") { lab in
      let cancelled = await withTaskGroup(of: Bool.self) { group in
        group.addTask { (try? await Task.sleep(for: .seconds(10))) == nil }
        group.cancelAll()
        return await group.next() ?? false
      }
      lab.check(cancelled, "not cancelled")
    },
  ]
}
