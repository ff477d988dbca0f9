import Testing

actor Counter {
  private(set) var value = 0
  func set(_ new: Int) { value = new }
  func increment() { value += 1 }
}

struct Refused: Error {}

/// Two tasks add one each; `isCareful` decides whether in one step.
func twoIncrements(isCareful: Bool) async -> Int {
  let counter = Counter()
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<2 {
      group.addTask {
        guard !isCareful else { return await counter.increment() }
        let value = await counter.value
        await counter.set(value + 1)
      }
    }
  }
  return await counter.value
}

@Sendable func loseAnUpdate() async throws {
  let value = await twoIncrements(isCareful: false)
  #expect(value == 2)
}
