import Foundation
import Glibc
import Interlock
import InterlockCommandLine
import InterlockSystem
import TestSupport
import Testing

/// The built program at work: its lines are waited for, never slept for.
///
/// One task of a test waits at a time.
final class RunningProgram: Sendable {
  /// How long a test waits for anything before it fails.
  static let patience = Duration.seconds(150)

  struct Output: Sendable {
    var lines: [String] = []
    var partial: [UInt8] = []
    var isClosed = false
    var status: Int32?
  }

  private let output = Guarded(Output())
  private let bell = Doorbell()
  private let process: Protected<Process>

  /// Starts the program, or another one with it as an argument; it reads `input`, if anything.
  init(_ arguments: [String], executable: URL? = nil, input: Pipe? = nil) throws {
    let process = Process()
    process.executableURL = executable ?? Program.path
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = input ?? FileHandle.nullDevice
    self.process = Protected(process)
    process.terminationHandler = { [self] process in
      change { $0.status = process.terminationStatus }
    }
    try process.run()
    let reading = pipe.fileHandleForReading
    Thread.detachNewThread { [self] in
      while true {
        let data = reading.availableData
        take(Array(data))
        if data.isEmpty { return }
      }
    }
  }

  /// Everything printed so far.
  var lines: [String] { output.withLock { $0.lines } }

  /// The processes it has started.
  func children() throws -> [Int32] {
    let identifier = process.use { $0.processIdentifier }
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init)
      .filter { child in
        // One that has ended since is nobody's child.
        let status = try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
        return status?.contains("\nPPid:\t\(identifier)\n") == true
      }
  }

  func send(_ signal: Int32) { process.use { _ = kill($0.processIdentifier, signal) } }

  /// Waits for a line that holds `text`, among those after the first `count`.
  @discardableResult
  func line(_ text: String, after count: Int = 0) async throws -> String {
    try await wait(for: "a line with “\(text)”") { output in
      output.lines.dropFirst(count).first { $0.contains(text) }
    }
  }

  /// Waits for the end and returns the exit status.
  ///
  /// Lines may still be on their way: other programs started at the same time can hold the pipe
  /// open, so its end is no part of the end.
  func status() async throws -> Int32 {
    try await wait(for: "the end") { $0.status }
  }

  private func wait<Value: Sendable>(
    for what: String, _ look: @escaping @Sendable (Output) -> Value?
  ) async throws -> Value {
    let clock = SystemClock()
    let found = try await withDeadline(clock.now.advanced(by: Self.patience), clock: clock) {
      [self] () -> Value? in
      while true {
        bell.hush()
        let output = output.withLock { $0 }
        if let value = look(output) { return value }
        if output.isClosed, output.status != nil { return nil }
        if case .cancelled = await bell.wait() { throw CancellationError() }
      }
    }
    if found == nil { send(SIGKILL) }
    return try #require(
      found ?? nil, "\(what) did not come:\n\(lines.joined(separator: "\n"))")
  }

  private func take(_ bytes: [UInt8]) {
    change { output in
      guard !bytes.isEmpty else { return output.isClosed = true }
      output.partial += bytes
      while let end = output.partial.firstIndex(of: UInt8(ascii: "\n")) {
        output.lines.append(String(decoding: output.partial[..<end], as: UTF8.self))
        output.partial.removeSubrange(...end)
      }
    }
  }

  private func change(_ step: (inout Output) -> Void) {
    output.withLock { step(&$0) }
    bell.ring()
  }
}

/// A folder for one test, removed after it.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "interlock-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
  }

  /// A configuration whose state lies in this folder.
  func configure(_ members: String) throws -> String {
    try write("{storage: {directory: \"\(path)/state\"},\n\(members)}", to: "node.json5")
    return file("node.json5")
  }
}
