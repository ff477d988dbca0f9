import Interlock
import InterlockLab
import InterlockLabTesting
import InterlockLocks
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct LockLoadTests {
  @Test(.ownThread)
  func `locks.P1 ten thousand waiters are served once, in the order they came`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    let served = Served()
    let end = FirstAnswer<Void>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Immediate: they stand in line in the order they are made.
      group.addImmediateTask { try await client.withLock("a") { _ in await end.value } }
      for number in 0..<10_000 {
        group.addImmediateTask {
          try await client.withLock("a") { _ in served.append(number) }
        }
      }
      #expect(client.waiting == 10_000)
      end.give(())
      try await group.waitForAll()
    }
    #expect(served.numbers == Array(0..<10_000))
    #expect(backend.count == 0)
  }

  @Test(.tags(.property), arguments: [1, 2, 3] as [UInt64])
  func `locks.P8 a storm of short waits leaves nothing, and loses no grant`(_ seed: UInt64)
    async throws
  {
    let count = Schedules.count(3_000)
    try await Lab.explore(.oneLong) { lab in
      let backend = InProcessBackend()
      let client = LockClient(backend)
      let had = Served()
      var generator = SeededGenerator(seed: seed)
      let timeouts = (0..<count).map { _ in Int.random(in: 0...5_000, using: &generator) }
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<20 {
          group.addTask {
            for place in stride(from: worker, to: count, by: 20) {
              do {
                try await client.withLock("a", timeout: .microseconds(timeouts[place])) { _ in
                  had.append(place)
                  try await SystemClock().sleep(for: .microseconds(timeouts[place] / 4))
                }
              } catch {
                lab.check("\(error)".contains("Could not acquire"), "seed \(seed): \(error)")
              }
            }
          }
        }
      }
      let statistics = client.statistics["a"]
      lab.check(backend.count == 0, "seed \(seed): something is left")
      lab.check(client.waiting == 0, "seed \(seed): somebody is thought to wait")
      lab.check(statistics?.acquired == had.numbers.count, "seed \(seed): a grant was lost")
      lab.check(statistics?.timedOut == count - had.numbers.count, "seed \(seed): a wait was lost")
      lab.check(had.numbers.count > count / 50, "seed \(seed): hardly anybody had it")
    }
  }

  private final class Served: Sendable {
    private let state = Guarded([Int]())
    var numbers: [Int] { state.withLock { $0 } }
    func append(_ number: Int) { state.withLock { $0.append(number) } }
  }
}
