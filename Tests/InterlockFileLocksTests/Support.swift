import Foundation
import Interlock
import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockFileLocks

/// What a backend told about one request, for a thread that waits for it.
final class Told: Sendable {
  private let events = Guarded<[LockEvent]>([])
  private let bell = DispatchSemaphore(value: 0)

  func callAsFunction(_ event: LockEvent) {
    events.withLock { $0.append(event) }
    bell.signal()
  }

  var count: Int { events.withLock(\.count) }

  /// The next event; it must come.
  func next(_ place: SourceLocation = #_sourceLocation) throws -> LockEvent {
    try #require(bell.wait(timeout: .now() + 60) == .success, sourceLocation: place)
    return events.withLock { $0.removeFirst() }
  }

  func grant(_ place: SourceLocation = #_sourceLocation) throws -> LockGrant {
    guard case .granted(let grant) = try next(place) else {
      throw LockError(name: "", .invalidOption("another event came"))
    }
    return grant
  }

  func loss(_ place: SourceLocation = #_sourceLocation) throws -> LeaseLoss? {
    if case .lost(let loss) = try next(place) { loss } else { nil }
  }
}

extension FileLockBackend {
  /// A backend with a state of its own, as another process has it: to the kernel they are strangers.
  static func another(
    _ directory: TemporaryDirectory, boot: String = Machine.boot, mostHelpers: Int = 64,
    waitingLimit: Int = 65_536
  ) throws -> FileLockBackend {
    let folder = try LockDirectory(
      directory.path, isGroupShared: false, allowsRemote: false, remoteName: \.remoteName)
    let process = ProcessIdentity.current
    return FileLockBackend(
      folder,
      session: LockSession(
        owner: LockOwner(
          host: Machine.host, process: process.number, processStart: process.start,
          command: process.command), secret: .random(in: .min ... .max)),
      waitingLimit: waitingLimit, boot: boot, mostHelpers: mostHelpers)
  }

  /// A grant that must be given at once.
  func take(
    _ name: LockName, _ mode: LockMode = .exclusive, floor: Fence? = nil, reason: String = "",
    told: Told = Told(), _ place: SourceLocation = #_sourceLocation
  ) throws -> (token: LockToken, fence: Fence) {
    let token = session.nextToken()
    let request = LockRequest(name, mode, token: token, floor: floor, reason: reason)
    let grant = try #require(
      try self.request(request) { told($0) }, "it waits", sourceLocation: place)
    return (token, grant.fence)
  }

  /// A request that must wait.
  func wait(
    _ name: LockName, _ mode: LockMode, _ told: Told,
    _ place: SourceLocation = #_sourceLocation
  ) throws -> LockToken {
    let token = session.nextToken()
    let grant = try request(LockRequest(name, mode, token: token)) { told($0) }
    #expect(grant == nil, "it does not wait", sourceLocation: place)
    return token
  }

  func wait(_ name: LockName, _ told: Told, _ place: SourceLocation = #_sourceLocation) throws
    -> LockToken
  { try wait(name, .exclusive, told, place) }

  func take(_ name: LockName, _ told: Told, _ place: SourceLocation = #_sourceLocation) throws -> (
    token: LockToken, fence: Fence
  ) { try take(name, .exclusive, told: told, place) }

  /// Whether a request that does not wait is refused.
  func isRefused(_ name: LockName, _ mode: LockMode = .exclusive) throws -> Bool {
    let token = session.nextToken()
    do {
      guard try request(LockRequest(name, mode, token: token, waits: false), { _ in }) != nil else {
        return true
      }
      release(token, of: name)
      return false
    } catch .busy {
      return true
    }
  }

  @discardableResult
  func release(_ token: LockToken, of name: LockName) -> Bool {
    releaseAtOnce(token, of: name) ?? false
  }

  /// The reason why a request fails.
  func failure(_ name: LockName, _ mode: LockMode = .exclusive) -> LockError.Reason? {
    do {
      _ = try request(LockRequest(name, mode, token: session.nextToken())) { _ in }
      return nil
    } catch .failed(let error) {
      return error.reason
    } catch {
      return nil
    }
  }
}

/// A process that locks.
final class Worker: Sendable {
  private let process: Process
  private let input: Pipe
  private let lines: LineQueue

  /// Lines as they come.
  private final class LineQueue: Sendable {
    private struct State {
      var bytes: [UInt8] = []
      var lines: [String] = []
    }
    private let state = Guarded(State())
    private let bell = DispatchSemaphore(value: 0)

    func take(_ data: Data) {
      let count = state.withLock { state in
        state.bytes += data
        var count = 0
        while let end = state.bytes.firstIndex(of: UInt8(ascii: "\n")) {
          state.lines.append(String(decoding: state.bytes[..<end], as: UTF8.self))
          state.bytes.removeSubrange(...end)
          count += 1
        }
        return count
      }
      for _ in 0..<count { bell.signal() }
    }

    func next() -> String? {
      guard bell.wait(timeout: .now() + 60) == .success else { return nil }
      return state.withLock { $0.lines.removeFirst() }
    }
  }

  static var program: String {
    (ProcessEnvironment.folder ?? "") + "/InterlockFileLocksWorker"
  }

  /// Starts one, and waits until it is ready.
  init(_ arguments: String...) throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    let lines = LineQueue()
    output.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil } else { lines.take(data) }
    }
    try process.run()
    self.input = input
    self.lines = lines
    try #require(lines.next() == "ready")
  }

  deinit {
    kill(SIGKILL)
    process.waitUntilExit()
  }

  var number: Int32 { process.processIdentifier }

  func kill(_ signal: Int32) {
    if process.isRunning { _ = Foundation.kill(number, signal) }
  }

  func say(_ line: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  func next(_ place: SourceLocation = #_sourceLocation) throws -> String {
    try #require(lines.next(), "the process says nothing", sourceLocation: place)
  }

  /// Asks for a lock, and says what came of it: `granted`, `waits` or `refused`.
  func request(
    _ id: String, _ name: LockName, _ mode: LockMode = .exclusive, waits: Bool = true
  ) throws -> String {
    let hex = name.text.utf8.map { String(format: "%02x", $0) }.joined()
    try say("\(waits ? "request" : "try") \(id) \(hex) \(mode)")
    return String(try next().split(separator: " ")[0])
  }

  func waitForEnd() { process.waitUntilExit() }
}
