import Foundation
import Glibc
import Interlock
import InterlockRedis
import TestSupport
import Testing

/// A real server on a free port of the loopback interface, with its files in a directory of its own; it ends with the test.
final class LocalRedis: Sendable {
  struct Options: Sendable {
    /// Every write is on disk before it is answered.
    var isPersistent = false
    var password: String?
    /// Also listens for TLS, on a second port, with a certificate for `localhost` and `127.0.0.1`.
    var hasTLS = false
    var replicaOf: UInt16?
    /// What it takes for the time of day.
    var clock: ServerClock?
    var more: [String] = []
  }

  let options: Options
  let directory: TemporaryDirectory
  /// Where it listens; another than at first when somebody else took that.
  private let ports = Guarded<(plain: UInt16, tls: UInt16)>((0, 0))
  private let process = Guarded<pid_t?>(nil)

  init(_ options: Options = Options()) throws {
    self.options = options
    directory = try TemporaryDirectory()
    if options.hasTLS { try Self.makeCertificates(directory) }
    for _ in 0..<Self.tries {
      let chosen = (try LoopbackPort.free(), options.hasTLS ? try LoopbackPort.free() : 0)
      ports.withLock { $0 = chosen }
      if try begin() { return }
    }
    try #require(Bool(false), "redis-server does not start on any of \(Self.tries) ports")
  }

  private static let tries = 5

  var port: UInt16 { ports.withLock { $0.plain } }
  var tlsPort: UInt16 { ports.withLock { $0.tls } }

  deinit { kill() }

  /// Where it is.
  var url: RedisURL {
    var url = RedisURL(host: "127.0.0.1", port: port)
    url.password = options.password
    return url
  }

  /// Starts it, as after a crash, and waits until it answers.
  func start() throws {
    let answers = try begin()
    try #require(answers, "redis-server does not answer")
  }

  /// False when it has ended by itself, as when somebody else listens there.
  private func begin() throws -> Bool {
    var arguments = [
      "--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path, "--save", "",
      "--logfile", directory("log"), "--daemonize", "no", "--enable-debug-command", "yes",
      "--enable-protected-configs", "yes",
    ]
    if options.isPersistent { arguments += ["--appendonly", "yes", "--appendfsync", "always"] }
    if let password = options.password { arguments += ["--requirepass", password] }
    if let primary = options.replicaOf { arguments += ["--replicaof", "127.0.0.1", "\(primary)"] }
    if options.hasTLS {
      arguments += [
        "--tls-port", "\(tlsPort)", "--tls-cert-file", directory("server.pem"), "--tls-key-file",
        directory("server.key"), "--tls-ca-cert-file", directory("ca.pem"), "--tls-auth-clients",
        "no",
      ]
    }
    // `env` becomes the server: it is the same process.
    let prefix = options.clock.map { ["env"] + $0.environment } ?? []
    let command = prefix + ["redis-server"] + arguments + options.more
    let words = command.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    let failure = posix_spawnp(&child, command[0], nil, nil, words, environ)
    try #require(failure == 0, "redis-server cannot be started")
    process.withLock { $0 = child }
    var hasEnded = false
    let answers: Bool = wait {
      var status: CInt = 0
      hasEnded = waitpid(child, &status, WNOHANG) == child
      // It, and not somebody else who listens there.
      let about = try? RawRedis(self, limit: 1)("INFO", "server").string
      return hasEnded || about?.contains("process_id:\(child)\r") == true
    }
    if hasEnded { process.withLock { $0 = nil } } else if !answers { kill() }
    return answers && !hasEnded
  }

  /// Ends it without a chance to save anything.
  func kill() { signal(SIGKILL, isEnd: true) }

  /// Asks it to end.
  func shutDown() { signal(SIGTERM, isEnd: true) }

  /// It does nothing until `resume`, and its connections stay.
  func pause() { signal(SIGSTOP) }

  func resume() { signal(SIGCONT) }

  func restart() throws {
    kill()
    try start()
  }

  private func signal(_ number: CInt, isEnd: Bool = false) {
    let child = process.withLock { process in isEnd ? process.take() : process }
    guard let child else { return }
    _ = Glibc.kill(child, number)
    guard isEnd else { return }
    // What is stopped takes no signal but the last one.
    _ = Glibc.kill(child, SIGCONT)
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
  }

  /// Looks again and again.
  private func wait(_ condition: () -> Bool) -> Bool {
    let clock = SystemClock()
    let end = clock.now.advanced(by: patience)
    while clock.now < end {
      if condition() { return true }
      poll(nil, 0, 10)
    }
    return false
  }

  /// An authority, and a certificate of its for this machine.
  private static func makeCertificates(_ directory: TemporaryDirectory) throws {
    try run([
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority",
      "-keyout", directory("ca.key"), "-out", directory("ca.pem"),
    ])
    try run([
      "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout",
      directory("server.key"), "-out", directory("server.csr"),
    ])
    try "subjectAltName=DNS:localhost,IP:127.0.0.1\n".write(
      toFile: directory("names"), atomically: true, encoding: .utf8)
    try run([
      "x509", "-req", "-in", directory("server.csr"), "-CA", directory("ca.pem"), "-CAkey",
      directory("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", directory("names"), "-out",
      directory("server.pem"),
    ])
  }

  private static func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments[0])")
  }
}
