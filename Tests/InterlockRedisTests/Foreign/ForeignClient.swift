import Foundation
import TestSupport
import Testing

/// Other software with a lock on the same server, in a process of its own.
final class ForeignClient: Sendable {
  private let process: Process
  private let input: FileHandle
  private let output: FileHandle

  /// Starts one that has `redis-py`, `redis-lock`, `pottery`, `givtcp` or `nodb`.
  init(_ library: String, _ server: LocalRedis) throws {
    let script = PeerPython.script("InterlockRedisTests/Peers/foreign_locks.py")
    process = Process()
    process.executableURL = PeerPython.program
    process.arguments = ["-u", script, "\(server.port)", library]
    let (words, answers) = (Pipe(), Pipe())
    process.standardInput = words
    process.standardOutput = answers
    input = words.fileHandleForWriting
    output = answers.fileHandleForReading
    try process.run()
  }

  deinit {
    try? input.close()
    process.waitUntilExit()
  }

  /// Says something to it, and does not wait.
  func say(_ line: String) throws { try input.write(contentsOf: Data("\(line)\n".utf8)) }

  /// Its next answer; blocks the calling thread until it comes, or it has ended.
  func hear() throws -> String {
    var bytes: [UInt8] = []
    while let byte = try output.read(upToCount: 1)?.first {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    try #require(Bool(false), "it has ended: \(String(decoding: bytes, as: UTF8.self))")
    return ""
  }

  /// Says something and waits for the answer.
  @discardableResult
  func callAsFunction(_ line: String) throws -> String {
    try say(line)
    return try hear()
  }
}
