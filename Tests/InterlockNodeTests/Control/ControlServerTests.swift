import Foundation
import Interlock
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(1))) struct ControlServerTests {
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
}

/// A clock on which every wait is over at once.
private struct HastyClock: MonotonicClock {
  var now: Instant { .origin }
  func sleep(until deadline: Instant) async throws { try Task.checkCancellation() }
}
