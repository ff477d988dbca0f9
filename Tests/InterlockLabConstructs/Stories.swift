import InterlockLab

private actor Ledger {
  private(set) var value = 0
  func set(_ new: Int) { value = new }
  func add(_ amount: Int) async {
    let before = value
    await Task.yield()
    value = before + amount
  }
}

extension Construct {
  /// Bodies whose tasks race: each schedule takes its own way, and the same way every time.
  static let stories: [Construct] = [
    Construct("tasks in the order of a set, which only fixed hashing makes an order") { lab in
      let ledger = Ledger()
      await withTaskGroup(of: Void.self) { group in
        for name in Set((0..<6).map { "task-\($0)" }) {
          group.addTask(name: name) {
            let value = await ledger.value
            await ledger.set(value + 1)
            try? await Task.sleep(for: .milliseconds(value))
          }
        }
      }
      lab.check(1...6 ~= (await ledger.value), "value")
    },
    Construct("transfers between actors, in both directions") { lab in
      let (first, second) = (Ledger(), Ledger())
      async let there: Void = {
        for _ in 0..<3 {
          await first.add(-1)
          await second.add(1)
        }
      }()
      async let back: Void = {
        for _ in 0..<3 {
          await second.add(-1)
          await first.add(1)
        }
      }()
      _ = await (there, back)
      lab.check(-3...3 ~= (await first.value), "value")
    },
    Construct("producers, a consumer on the main actor, and a deadline") { lab in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let consumer = Task { @MainActor in
        var sum = 0
        for await number in stream { sum = onMain(sum) + number }
        return sum
      }
      let producers = Task {
        await withDiscardingTaskGroup { group in
          for number in 1...3 {
            group.addTask {
              while !Task.isCancelled {
                continuation.yield(lab.choose(2) + number)
                try? await Task.sleep(for: .seconds(number))
              }
            }
          }
        }
        continuation.finish()
      }
      try await Task.sleep(for: .seconds(5))
      producers.cancel()
      lab.check(await consumer.value > 10, "sum")
    },
  ]
}
