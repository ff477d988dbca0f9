import Foundation
import Interlock
import InterlockSystem
import InterlockWire

/// A program spoken to by lines: JSON objects out of it, lines into it.
final class Dialogue: Sendable {
  struct Ended: Error, CustomStringConvertible {
    let description: String
  }

  let name: String
  private let process: Guarded<Process>
  private let input: FileHandle
  private let output: ByteStream
  private let unread = Guarded<[UInt8]>([])
  private let transcript = Guarded<[String]>([])

  /// Starts it; what it says to standard error goes to the test's own.
  init(_ name: String, _ executable: URL, _ arguments: [String]) throws {
    self.name = name
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let (toChild, fromChild) = (Pipe(), Pipe())
    process.standardInput = toChild
    process.standardOutput = fromChild
    try process.run()
    input = toChild.fileHandleForWriting
    let reading = try FileDescriptor(
      dup(fromChild.fileHandleForReading.fileDescriptor), orThrow: "duplicate", "a pipe")
    _ = fcntl(reading.raw, F_SETFL, O_NONBLOCK)
    output = try ByteStream(owning: reading, kind: .pipe, name: "output of \(name)")
    self.process = Guarded(process)
  }

  deinit { kill() }

  /// Says one line.
  func say(_ line: String) throws {
    try input.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Reads until a line for which `matches` is true.
  ///
  /// - Throws: `Ended`, with all it said, when it ends before.
  @discardableResult
  func hear(
    _ what: String, where matches: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    while true {
      guard let line = try await nextLine() else {
        throw Ended(
          description: "\(name) ended before \(what):\n"
            + transcript.withLock { $0.joined(separator: "\n") })
      }
      // A line that is no JSON is kept in the transcript, for the reader of a failure.
      if let value = try? JSONValue(parsing: line), matches(value) { return value }
    }
  }

  /// Asks it to end, and waits until it has.
  ///
  /// - Returns: its exit status.
  func end() async throws -> Int32 {
    process.withLock { $0.terminate() }
    while try await nextLine() != nil {}
    return process.withLock {
      $0.waitUntilExit()
      return $0.terminationStatus
    }
  }

  func kill() {
    process.withLock { process in
      if process.isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
    }
  }

  private func nextLine() async throws -> String? {
    while true {
      let line: String? = unread.withLock { bytes in
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { bytes.removeSubrange(...end) }
        return String(decoding: bytes[..<end], as: UTF8.self)
      }
      if let line {
        transcript.withLock { $0.append(line) }
        return line
      }
      let more = try await output.read(upTo: 65_536)
      if more.isEmpty { return nil }
      unread.withLock { $0 += more }
    }
  }
}
