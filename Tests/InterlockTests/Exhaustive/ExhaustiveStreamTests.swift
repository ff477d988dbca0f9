import Interlock
import InterlockLab
import TestSupport
import Testing

/// The toolchain's `AsyncStream` under every schedule of small bodies.
///
/// Its lock is its own, so no reduction knows of it: all schedules are run, not one of each kind.
@Suite(.tags(.race), .ownThread) struct ExhaustiveStreamTests {
  /// Where elements come from, one after the other; each takes a turn.
  private actor Source {
    private var following: Int

    init(_ first: Int = 0) { following = first }

    func next() -> Int {
      defer { following += 1 }
      return following
    }
  }

  private static func makeStream() -> (AsyncStream<Int>, AsyncStream<Int>.Continuation) {
    AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(8))
  }

  private static func all(_ stream: AsyncStream<Int>) async -> [Int] {
    var received: [Int] = []
    for await element in stream { received.append(element) }
    return received
  }

  @Test(.timeLimit(.minutes(10)))
  func `of two tasks one yields and one takes: all arrives, in order, and the stream ends`()
    async throws
  {
    try await exhaust(.every) { lab in
      let (stream, continuation) = Self.makeStream()
      async let received = Self.all(stream)
      let source = Source()
      for _ in 0..<4 { continuation.yield(await source.next()) }
      continuation.finish()
      let all = await received
      lab.check(all == [0, 1, 2, 3], "received \(all)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `an end that meets a wait ends it, and later waits too`() async throws {
    try await exhaust(.every) { lab in
      let (stream, continuation) = Self.makeStream()
      async let received = Self.all(stream)
      await Task.yield()
      continuation.finish()
      let result = continuation.yield(1)
      guard case .terminated = result else { return lab.check(false, "\(result) after the end") }
      let all = await received
      lab.check(all.isEmpty, "received \(all)")
      let more = await Self.all(stream)
      lab.check(more.isEmpty, "received \(more) after the end")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `of what does not fit the oldest is dropped, and the yield says which`() async throws {
    try await exhaust(.every) { lab in
      let (stream, continuation) = AsyncStream.makeStream(
        of: Int.self, bufferingPolicy: .bufferingNewest(1))
      async let received = Self.all(stream)
      var dropped: [Int] = []
      let source = Source()
      for _ in 0..<3 {
        let result = continuation.yield(await source.next())
        if case .dropped(let element) = result { dropped.append(element) }
      }
      continuation.finish()
      let all = await received
      lab.check(all == [0, 1, 2].filter { !dropped.contains($0) }, "\(all), \(dropped) dropped")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `of three tasks two yield: all arrives once, of each in its order`() async throws {
    try await exhaust(.everyWithTwoPreemptions) { lab in
      let (stream, continuation) = Self.makeStream()
      async let received = Self.all(stream)
      await withTaskGroup(of: Void.self) { group in
        for producer in 0..<2 {
          group.addTask {
            let source = Source(10 * producer)
            for _ in 0..<2 { continuation.yield(await source.next()) }
          }
        }
      }
      continuation.finish()
      let all = await received
      lab.check(all.sorted() == [0, 1, 10, 11], "received \(all)")
      for producer in 0..<2 {
        let own = all.filter { $0 / 10 == producer }
        lab.check(own == own.sorted(), "received \(all)")
      }
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func
    `a consumer cancelled while elements come has a beginning of them, and the end is told once`()
    async throws
  {
    let lengths = Journal<Int>()
    try await exhaust(.everyWithTwoPreemptions) { lab in
      let (stream, continuation) = Self.makeStream()
      let ends = Journal<Bool>()
      continuation.onTermination = { ends.write($0 == .cancelled) }
      // Owner: this body, which waits for it.
      let consumer = Task { await Self.all(stream) }
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          let source = Source()
          for _ in 0..<2 { continuation.yield(await source.next()) }
        }
        group.addTask { consumer.cancel() }
      }
      continuation.finish()
      let received = await consumer.value
      lab.check([0, 1].starts(with: received), "received \(received)")
      lab.check(ends.all.count == 1, "the end was told \(ends.all.count) times")
      lengths.write(received.count)
    }
    #expect(Set(lengths.all) == [0, 1, 2], "every way it can go is gone")
  }
}
