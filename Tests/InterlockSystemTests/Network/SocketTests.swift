import Foundation
import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct SocketTests {
  @Test func `a refused connection says so and what to check`() async throws {
    let reserved = try ReservedPort()
    let port = reserved.port
    let error = await #expect(throws: SystemError.self) {
      try await SocketConnection.tcp(host: "127.0.0.1", port: port, until: .distantFuture)
    }
    let text = try #require(error).description
    #expect(text.contains("127.0.0.1:\(port)") && text.contains("is it running?"))
  }

  @Test func `a connection attempt ends at its deadline`() async throws {
    let error = await #expect(throws: SystemError.self) {
      // The deadline has already passed: the outcome does not depend on any network.
      try await SocketConnection.tcp(
        host: "127.0.0.1", port: 9, until: .origin, clock: StoppedClock())
    }
    #expect(try #require(error).description.contains("127.0.0.1:9"))
  }

  @Test func `a cancelled accept leaves the listener usable`() async throws {
    let listener = try SocketListener(loopbackPort: 0)
    let accepting = Task { _ = try await listener.accept() }
    accepting.cancel()
    await #expect(throws: CancellationError.self) { try await accepting.value }
    async let accepted = listener.accept()
    _ = try await SocketConnection.tcp(
      host: "localhost", port: listener.port, until: .distantFuture)
    _ = try await accepted
  }

  @Test func `a local socket carries bytes and only its owner may open it`() async throws {
    let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
    let listener = try SocketListener(path: path)
    async let accepted = listener.accept()
    let client = try await SocketConnection.local(path)
    let server = try await accepted
    try await client.write([1, 2, 3])
    #expect(try await server.readExactly(3) == [1, 2, 3])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    listener.close()
    #expect(!FileManager.default.fileExists(atPath: path))
    try FileManager.default.removeItem(atPath: path + ".lock")
  }

  @Test func `a living listener keeps its path, an abandoned socket file is replaced`() async throws
  {
    // In a process of its own: a program that another test starts has this one's locks and sockets
    // between its fork and its exec.
    await #expect(processExitsWith: .success) {
      let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
      let first = try SocketListener(path: path)
      let error = #expect(throws: SystemError.self) { try SocketListener(path: path) }
      #expect(try #require(error).description.contains("another process"))
      // What a killed process leaves: the file without a listener behind it.
      let kept = path + ".kept"
      try FileManager.default.linkItem(atPath: path, toPath: kept)
      first.close()
      try FileManager.default.moveItem(atPath: kept, toPath: path)
      let second = try SocketListener(path: path)
      second.close()
      try FileManager.default.removeItem(atPath: path + ".lock")
    }
  }

  @Test func `a listener closed twice leaves the socket of its successor alone`() async throws {
    // In a process of its own: a program that another test starts has this one's locks and sockets
    // between its fork and its exec.
    await #expect(processExitsWith: .success) {
      let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
      let first = try SocketListener(path: path)
      first.close()
      let second = try SocketListener(path: path)
      first.close()
      #expect(FileManager.default.fileExists(atPath: path))
      second.close()
      try FileManager.default.removeItem(atPath: path + ".lock")
    }
  }

  @Test func `a listener does not remove what was put in the place of its socket`() throws {
    let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
    let listener = try SocketListener(path: path)
    try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
    try Data([1]).write(to: URL(fileURLWithPath: path))
    listener.close()
    #expect(FileManager.default.fileExists(atPath: path))
    for end in ["", ".moved", ".lock"] { try FileManager.default.removeItem(atPath: path + end) }
  }

  @Test func `a path has one listener even while its socket file is missing`() throws {
    let path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString).sock"
    let first = try SocketListener(path: path)
    try FileManager.default.removeItem(atPath: path)
    let error = #expect(throws: SystemError.self) { try SocketListener(path: path) }
    #expect(try #require(error).description.contains("another process"))
    first.close()
    try FileManager.default.removeItem(atPath: path + ".lock")
  }

  @Test func `a path too long for the kernel is refused with its length`() throws {
    let path = "/tmp/" + String(repeating: "x", count: 120)
    let error = #expect(throws: SystemError.self) { try SocketListener(path: path) }
    #expect(try #require(error).description.contains("125 bytes"))
  }
}

/// A clock on which nothing ever comes but what is past.
struct StoppedClock: MonotonicClock {
  var now: Instant { Instant(nanoseconds: 1) }
  func sleep(until deadline: Instant) async throws { try Task.checkCancellation() }
}
