import Foundation
import Interlock
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct ControlServerTests {
  @Test func `out of descriptors it says so once, rests, and serves when there are some again`()
    async throws
  {
    let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
    let listener = try SocketListener(path: path)
    let attempts = Guarded(0)
    let reports = Guarded<[String]>([])
    let serving = Task {
      try await ControlServer.run(
        {
          let attempt = attempts.withLock { count in
            count += 1
            return count
          }
          if attempt <= 3 { throw SystemError("accept on", path, number: EMFILE) }
          return try await listener.accept()
        }, clock: HastyClock(), report: { event in reports.withLock { $0.append("\(event)") } }
      ) { request in ["echo": request] }
    }
    let client = try await SocketConnection.local(path)
    // Served, if only by being hung up on: on this clock patience is over at once.
    #expect(try await client.read(upTo: 100).isEmpty)
    serving.cancel()
    await #expect(throws: CancellationError.self) { try await serving.value }
    #expect(attempts.withLock { $0 } >= 4)
    #expect(reports.withLock { $0.count } == 1)
    #expect(reports.withLock { $0[0].contains("Too many open files") })
    listener.close()
    try FileManager.default.removeItem(atPath: path + ".lock")
  }

  @Test func `a client that says nothing is hung up on, so that others get its place`()
    async throws
  {
    let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
    let server = try ControlServer(path: path)
    let serving = Task {
      try await server.run(clock: HastyClock(), report: { _ in }) { $0 }
    }
    var silent: [ByteStream] = []
    for _ in 0..<ControlServer.maximumConnections + 1 {
      silent.append(try await SocketConnection.local(path))
    }
    for client in silent { #expect(try await client.read(upTo: 1).isEmpty) }
    serving.cancel()
    await #expect(throws: CancellationError.self) { try await serving.value }
    server.close()
    try FileManager.default.removeItem(atPath: path + ".lock")
  }

  /// Serves `answer` beside `body`.
  private func serving(
    _ answer: @escaping @Sendable (JSONValue) async -> JSONValue,
    beside body: (_ path: String) async throws -> Void
  ) async throws {
    let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
    let server = try ControlServer(path: path)
    let serving = Task {
      try await server.run(clock: SystemClock(), report: { _ in }, answer)
    }
    try await body(path)
    serving.cancel()
    await #expect(throws: CancellationError.self) { try await serving.value }
    server.close()
    try FileManager.default.removeItem(atPath: path + ".lock")
  }

  @Test func `a client that hangs up gives up what it asked for`() async throws {
    let asked = Latch()
    let never = Latch()
    let givenUp = Latch()
    try await serving { _ in
      asked.open()
      await never.wait()
      givenUp.open()
      return ControlAnswer.success()
    } beside: { path in
      let client = try await SocketConnection.local(path)
      try await client.write(Array("{}\n".utf8))
      await asked.wait()
      client.close()
      await givenUp.wait()
    }
  }

  @Test func `requests that come before the first is answered are answered in turn`() async throws {
    let asked = Latch()
    let read = Latch()
    try await serving { request in
      asked.open()
      await read.wait()
      return ["echo": request]
    } beside: { path in
      let client = try await SocketConnection.local(path)
      try await client.write(Array("{\"a\":1}\n{\"a\"".utf8))
      await asked.wait()
      try await client.write(Array(":2}\n".utf8))
      read.open()
      var lines = LineReader(client, maximumBytes: 1000)
      for number in 1...2 {
        let line = String(decoding: try #require(try await lines.next()), as: UTF8.self)
        #expect(line == "{\"echo\":{\"a\":\(number)}}")
      }
    }
  }

  @Test func `a client waits as long as the node was told it may take, and then some`() async throws
  {
    let clock = PatientClock()
    try await serving { _ in
      await clock.asked.wait()
      return ControlAnswer.success()
    } beside: { path in
      _ = try await ControlClient(path: path, clock: clock).ask([:], within: .seconds(30))
    }
    let patience = Duration.seconds(30) + ControlClient.patience
    #expect(clock.deadline.withLock { $0 } == Instant.origin.advanced(by: patience))
  }

  @Test func `what only came too late is told from what failed`() async throws {
    try await serving {
      $0["late"] == true ? ControlAnswer.tooLate("a") : ControlAnswer.failure("b")
    } beside: { path in
      for (isLate, kind) in [(true, NodeError.Kind.notInTime), (false, .failed)] {
        let error = await #expect(throws: NodeError.self) {
          // However long the node is held up here: it is its answer that counts.
          try await ControlClient(path: path, clock: PatientClock()).ask(["late": .bool(isLate)])
        }
        #expect(error?.kind == kind)
      }
    }
  }
}

/// A clock that notes until when somebody wants to wait, and lets them wait for ever.
private final class PatientClock: MonotonicClock {
  let asked = Latch()
  let deadline = Guarded<Instant?>(nil)
  private let never = Latch()

  var now: Instant { .origin }

  func sleep(until deadline: Instant) async throws {
    self.deadline.withLock { $0 = deadline }
    asked.open()
    await never.wait()
    try Task.checkCancellation()
  }
}

/// A clock on which every wait is over at once.
private struct HastyClock: MonotonicClock {
  var now: Instant { .origin }
  func sleep(until deadline: Instant) async throws { try Task.checkCancellation() }
}
