import Interlock
import InterlockLab
import TestSupport
import Testing

/// The semaphore and the channel under every schedule of small bodies.
@Suite(.tags(.race), .ownThread) struct ExhaustiveGuardTests {
  /// Tasks that take so many of two permits each; those that are not cancelled are let in.
  private static func takers(_ counts: [Int], mayBeCancelled: Bool = false)
    -> @Sendable (Lab) async throws -> Void
  {
    { lab in
      let semaphore = AsyncSemaphore(permits: 2, name: "semaphore")
      let served = await withTaskGroup(of: Bool.self) { group in
        for count in counts {
          group.addTask {
            do {
              try await semaphore.withPermits(count) {
                let inUse = semaphore.statistics.inUse
                lab.check((count...2).contains(inUse), "\(inUse) in use")
                await Task.yield()
              }
              return true
            } catch {
              return false
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      let statistics = semaphore.statistics
      lab.check(statistics.inUse == 0 && statistics.waiting == 0, "\(statistics)")
      lab.check(statistics.admitted == served, "\(served) served, \(statistics)")
      lab.check(served == counts.count || mayBeCancelled, "\(served) served")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `of two tasks that want permits each gets its own, wherever they are interrupted`()
    async throws
  {
    try await exhaust(.every.interrupting, Self.takers([1, 2]))
  }

  @Test(.timeLimit(.minutes(10)))
  func `of three tasks, one of which wants all permits, each is served`() async throws {
    try await exhaust(.everyWithTwoPreemptions, Self.takers([1, 2, 1]))
    try await exhaust(.everyKind, Self.takers([1, 2, 1]))
  }

  @Test(.timeLimit(.minutes(10)))
  func `whichever taker is cancelled, wherever it is, no permit is lost`() async throws {
    try await exhaust(
      .everyWithTwoPreemptions.cancellingAnywhere, Self.takers([1, 2, 1], mayBeCancelled: true))
  }

  @Test(.timeLimit(.minutes(10)))
  func `what one task sends the other receives, in order, wherever they are interrupted`()
    async throws
  {
    try await exhaust(.every.interrupting) { lab in
      let channel = BoundedChannel<Int>(capacity: 1, name: "channel")
      async let sending: Void = {
        for element in 0..<4 { try await channel.send(element) }
        channel.finish()
      }()
      var received: [Int] = []
      for await element in channel { received.append(element) }
      try await sending
      lab.check(received == [0, 1, 2, 3], "received \(received)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `an element is received, left or with its sender, whichever task is cancelled, wherever`()
    async throws
  {
    let ends = Journal<[Int]>()
    try await exhaust(.every.cancellingAnywhere) { lab in
      let channel = BoundedChannel<Int>(capacity: 1, name: "channel")
      let sent = Journal<Int>()
      let received = Journal<Int>()
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          // It may be cancelled.
          for element in 0..<2 where (try? await channel.send(element)) != nil {
            sent.write(element)
          }
          channel.finish()
        }
        group.addTask {
          if let element = try? await channel.receive() { received.write(element) }
          channel.finish()  // or the sender would wait for room
        }
      }
      let statistics = channel.statistics
      lab.check(sent.all.starts(with: received.all), "\(sent.all) sent, \(received.all) received")
      lab.check(
        statistics.sent == sent.all.count && statistics.received == received.all.count,
        "\(sent.all) sent, \(received.all) received, \(statistics)")
      ends.write(received.all)
    }
    #expect(Set(ends.all) == [[], [0]], "both ways it can go are gone")
  }

  @Test(.timeLimit(.minutes(10)))
  func `a send that meets the end is received or refused`() async throws {
    let ends = Journal<Bool>()
    try await exhaust(.everyWithTwoPreemptions.interrupting) { lab in
      let channel = BoundedChannel<Int>(capacity: 1, name: "channel")
      // Owner: this body, which waits for them.
      let sender = Task { (try? await channel.send(1)) != nil }
      let receiver = Task { try await channel.receive() }
      await Task { channel.finish() }.value
      let (wasSent, element) = (await sender.value, try await receiver.value)
      lab.check(wasSent == (element == 1), "sent: \(wasSent), received \(element ?? 0)")
      ends.write(wasSent)
    }
    #expect(Set(ends.all) == [true, false], "both ways it can go are gone")
  }
}
