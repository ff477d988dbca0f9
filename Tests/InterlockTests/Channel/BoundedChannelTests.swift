import Interlock
import InterlockLabTesting
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct BoundedChannelTests {
  @Test(.explored(.many())) func `a full channel makes its sender wait until there is room`()
    async throws
  {
    let channel = BoundedChannel<Int>(capacity: 2)
    let sent = Journal<Int>()
    try await withThrowingTaskGroup { group in
      group.addTask {
        for element in 0..<10 {
          try await channel.send(element)
          sent.write(element)
        }
        channel.finish()
      }
      var received = 0
      for await element in channel {
        try #require(element == received)
        received += 1
        try #require(sent.all.count <= received + 2)
        await Task.yield()
      }
      try #require(received == 10)
      try await group.waitForAll()
    }
    let statistics = channel.statistics
    try #require(statistics.sent == 10 && statistics.longestBacklog <= 2)
  }

  @Test func `trySend says whether the element is in or overflowed`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    #expect(channel.trySend(1) == .accepted)
    #expect(channel.trySend(2) == .overflow)
    channel.finish()
    channel.finish()
    #expect(channel.trySend(3) == .finished)
    #expect(try await channel.receive() == 1)
    #expect(try await channel.receive() == nil)
    #expect(channel.statistics.overflowed == 1)
  }

  @Test(.explored(.many(100)))
  func `a cancelled task receives nothing, and the element stays for the next`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await channel.send(7)
    await withTaskGroup(of: Void.self) { group in
      group.cancelAll()
      group.addTask {
        await #expect(throws: CancellationError.self) { try await channel.receive() }
        await #expect(throws: CancellationError.self) { try await channel.send(8) }
        for await element in channel { Issue.record("received \(element)") }
      }
    }
    let element = try await channel.receive()
    #expect(element == 7)
  }

  @Test(.explored(.many()))
  func `an element that meets a cancelled receive is received by somebody, once`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    let received = Journal<Int>()
    try await withThrowingTaskGroup { group in
      group.addTask {
        await withTaskGroup(of: Void.self) { receiver in
          receiver.addTask {
            if let element = try? await channel.receive() { received.write(element) }
          }
          await Task.yield()
          receiver.cancelAll()
        }
      }
      group.addTask {
        try await channel.send(1)
      }
      try await group.waitForAll()
    }
    channel.finish()
    if let left = try await channel.receive() { received.write(left) }
    try #require(received.all == [1], "\(received.all)")
  }

  @Test(.explored(.many()))
  func `an element whose send is cancelled is in the channel or with its sender`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await channel.send(0)
    let wasSent = Journal<Bool>()
    let received = Journal<Int>()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await withTaskGroup(of: Void.self) { sender in
          sender.addTask { wasSent.write((try? await channel.send(1)) != nil) }
          await Task.yield()
          sender.cancelAll()
        }
      }
      group.addTask {
        if let element = try? await channel.receive() { received.write(element) }
      }
      await group.waitForAll()
    }
    channel.finish()
    for await element in channel { received.write(element) }
    try #require(received.all == (wasSent.all == [true] ? [0, 1] : [0]))
  }

  @Test(.explored(.many()))
  func `finishing ends every wait: receivers get nothing, senders keep their elements`()
    async throws
  {
    let full = BoundedChannel<Int>(capacity: 1, name: "frames")
    let empty = BoundedChannel<Int>(capacity: 1)
    try await full.send(0)
    let refused = Journal<Int>()
    try await withThrowingTaskGroup { group in
      for element in 1...3 {
        group.addTask {
          do {
            try await full.send(element)
            Issue.record("sent to a finished channel")
          } catch let error as ChannelError {
            try #require(error.reason == .finished)
            try #require(error.description.contains("frames: it is finished"))
            refused.write(element)
          }
        }
        group.addTask {
          let element = try await empty.receive()
          try #require(element == nil)
        }
      }
      await Task.yield()
      full.finish()
      empty.finish()
      try await group.waitForAll()
    }
    try #require(refused.all.count == 3)
    let left = try await full.receive()
    let end = try await full.receive()
    try #require(left == 0 && end == nil)
  }

  @Test(.explored(.many(100))) func `no more senders wait than may`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1, waitingLimit: 1)
    try await channel.send(0)
    await withTaskGroup { group in
      group.addTask { try? await channel.send(1) }
      await Task.yield()
      while channel.statistics.waitingSenders == 0 { await Task.yield() }
      let error = await #expect(throws: ChannelError.self) { try await channel.send(2) }
      #expect(error?.reason == .tooManySenders(waiting: 1))
      group.cancelAll()
    }
  }

  @Test(.sharedThreads, .timeLimit(.minutes(10)))
  func `on real threads, cancelled or not, every element arrives exactly once`() async throws {
    let channel = BoundedChannel<Int>(capacity: 3)
    let received = await withTaskGroup(of: [Int].self) { receivers in
      for _ in 0..<3 {
        receivers.addTask {
          var elements: [Int] = []
          while true {
            // Receive in a task of its own and sometimes cancel it: what it got still counts.
            let attempt = Task { try await channel.receive() }
            if elements.count % 5 == 1 { attempt.cancel() }
            do {
              guard let element = try await attempt.value else { return elements }
              elements.append(element)
            } catch {
              elements.append(-1)
            }
          }
        }
      }
      await withTaskGroup(of: Void.self) { senders in
        for name in 0..<4 {
          senders.addTask {
            for number in 0..<300 { try? await channel.send(name * 1000 + number) }
          }
        }
      }
      channel.finish()
      return await receivers.reduce(into: []) { $0 += $1 }
    }
    let expected = (0..<4).flatMap { name in (0..<300).map { name * 1000 + $0 } }
    #expect(received.filter { $0 >= 0 }.sorted() == expected)
    #expect(channel.statistics.sent == 1200 && channel.statistics.received == 1200)
  }
}
