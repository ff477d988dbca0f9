import Interlock
import InterlockLabTesting
import TestSupport
import Testing

@Suite struct ReadmeTests {
  @Test func `the example in the README is this file's, to the letter`() throws {
    let source = try Repository.text("Tests/InterlockNodeTests/Documentation/ReadmeExample.swift")
    let parts = source.split(separator: "// README begin\n")
    let example = try #require(parts.last?.split(separator: "// README end").first)
    #expect(try Repository.text("README.md").contains("```swift\n\(example)```"))
  }

  /// Counts what it is given; each frame takes as long as its airtime.
  private final class Radio: Transmitter {
    let clock: any MonotonicClock
    let sent = Guarded(0)
    let atOnce = Guarded(0)
    let most = Guarded(0)

    init(clock: any MonotonicClock) { self.clock = clock }

    func transmit(_ frame: [UInt8]) async {
      let now = atOnce.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, now) }
      sent.withLock { $0 += 1 }
      // A cancelled sleep ends the test's transmission early, which is fine.
      try? await clock.sleep(for: .milliseconds(111))
      atOnce.withLock { $0 -= 1 }
    }
  }

  private func sent(
    _ clock: any MonotonicClock, _ send: @escaping @Sendable (Radio) async -> Void
  ) async -> (count: Int, atOnce: Int) {
    let radio = Radio(clock: clock)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 { group.addTask { await send(radio) } }
    }
    return (radio.sent.withLock { $0 }, radio.most.withLock { $0 })
  }

  @Test(.explored(.many(100)))
  func `with 150 ms of allowance the careless one sends 222 ms, the careful one 111`() async {
    let clock = Stopwatch()
    let careless = Careless()
    let bad = await sent(clock) { await careless.send([1], .milliseconds(111), on: $0) }
    #expect(bad == (2, 2))
    let careful = Careful(
      radio: AsyncMutex(
        RollingBudget(limits: [.init(window: .seconds(60), allowance: .milliseconds(150))]),
        clock: clock),
      clock: clock)
    let good = await sent(clock) { radio in
      // Nobody cancels or limits the wait, so it cannot throw.
      try? await careful.send([1], .milliseconds(111), on: radio)
    }
    #expect(good == (1, 1))
  }
}
