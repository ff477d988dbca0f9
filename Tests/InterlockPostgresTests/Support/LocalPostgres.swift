import Foundation
import Glibc
import Interlock
import InterlockPostgres
import TestSupport
import Testing

/// A real server on a free port of the loopback interface, with its files in a directory of its own; it ends with the test.
final class LocalPostgres: Sendable {
  /// Where the server's programs are: the latest version there is.
  private static let programs: String? = {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return versions.compactMap { Int($0) }.max().map { "\(root)/\($0)/bin" }
  }()

  /// A server's files as they are at first: making them takes longer than copying them.
  private static let template: Result<TemporaryDirectory, any Error> = Result {
    let directory = try TemporaryDirectory()
    try give(directory.path)
    try run([
      "\(try #require(programs))/initdb", "-D", directory("data"), "-U", "postgres", "-A", "trust",
      "-E", "UTF8", "--no-sync", "--no-locale",
    ])
    return directory
  }

  private static let user = "postgres"
  private static let tries = 5

  private let directory: TemporaryDirectory
  private let options: [String]
  private let chosen = Guarded<UInt16>(0)
  private let process = Guarded<Spawned?>(nil)

  /// Starts one, which replays what another does if it is told whom.
  init(_ options: [String] = [], replicaOf primary: LocalPostgres? = nil) throws {
    self.options = options
    directory = try TemporaryDirectory()
    try Self.give(directory.path)
    if let primary {
      try Self.run([
        "\(try #require(Self.programs))/pg_basebackup", "-h", "127.0.0.1", "-p", "\(primary.port)",
        "-U",
        "postgres", "-D", directory("data"), "-R", "-X", "stream", "-c", "fast", "--no-sync",
      ])
    } else {
      try Self.run(["/bin/cp", "-a", try Self.template.get()("data"), directory("data")])
    }
    for _ in 0..<Self.tries {
      let port = try LoopbackPort.free()
      chosen.withLock { $0 = port }
      if try begin() { return }
    }
    let log = (try? String(contentsOfFile: directory("log"), encoding: .utf8)) ?? ""
    try #require(Bool(false), "the server does not start: \(log)")
  }

  deinit { end(SIGQUIT) }

  var port: UInt16 { chosen.withLock { $0 } }

  /// Where it is.
  var url: PostgresURL {
    get throws { try PostgresURL("postgres://postgres@127.0.0.1:\(port)/postgres") }
  }

  /// Another client, as a process of its own would have it.
  func backend(port: UInt16? = nil) throws -> PostgresLockBackend {
    try PostgresLockBackend(
      PostgresURL("postgres://postgres@127.0.0.1:\(port ?? self.port)/postgres"))
  }

  /// Starts it again, and waits until it answers.
  func start() throws { try #require(try begin(), "the server does not start again") }

  /// Ends it as a crash does: what was not on disk is lost.
  func kill() { end(SIGKILL) }

  /// Asks it to end at once, without a crash.
  func shutDown() { end(SIGINT) }

  /// False when it has ended by itself, as when somebody else listens there.
  private func begin() throws -> Bool {
    let command =
      Self.prefix + [
        "\(try #require(Self.programs))/postgres", "-D", directory("data"), "-p", "\(port)", "-h",
        "127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c",
        "shared_buffers=16MB", "-c", "log_destination=stderr",
      ] + options
    let started = try Spawned(command, log: directory("log"))
    let clock = SystemClock()
    let end = clock.now.advanced(by: patience)
    while clock.now < end {
      if started.hasEnded { return false }
      if (try? psql("SELECT 1")) == "1" {
        process.withLock { $0 = started }
        return true
      }
      poll(nil, 0, 20)
    }
    return false
  }

  private func end(_ signal: CInt) { process.withLock { $0.take() }?.end(signal) }

  /// What `psql` prints for a statement.
  @discardableResult
  func psql(_ statement: String) throws -> String {
    try Self.run(
      [
        "\(try #require(Self.programs))/psql", "-XAtq", "-h", "127.0.0.1", "-p", "\(port)", "-U",
        "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement,
      ], asOwner: false)
  }

  /// A client of the database that goes on for as long as the test wants: statements are given one by one.
  func session() throws -> PsqlSession {
    try PsqlSession([
      "\(try #require(Self.programs))/psql", "-XAtq", "-h", "127.0.0.1", "-p", "\(port)", "-U",
      "postgres",
    ])
  }

  /// The server refuses to run as root.
  private static var prefix: [String] {
    getuid() == 0
      ? ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] : []
  }

  private static func give(_ path: String) throws {
    guard getuid() == 0 else { return }
    try FileManager.default.setAttributes([.ownerAccountName: user], ofItemAtPath: path)
  }

  @discardableResult
  private static func run(_ command: [String], asOwner: Bool = true) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = (asOwner ? prefix : []) + command
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CocoaError(.executableLoad, userInfo: ["command": command.joined(separator: " ")])
    }
    return text.trimmingCharacters(in: .newlines)
  }
}

/// `psql`, given one statement after another.
final class PsqlSession {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var text = ""

  init(_ command: [String]) throws {
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit {
    // It ends with its input: a signal may be held back in what a thread of a pool has started.
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// What is printed for a statement, errors too.
  func callAsFunction(_ statement: String) -> String {
    let mark = "done-\(UUID().uuidString)"
    input.fileHandleForWriting.write(Data("\(statement);\n\\echo \(mark)\n".utf8))
    while !text.contains(mark) {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { break }
      text += String(decoding: data, as: UTF8.self)
    }
    let parts = text.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
    text = parts.count == 2 ? String(parts[1].drop { $0.isNewline }) : ""
    return parts[0].trimmingCharacters(in: .newlines)
  }
}
