import Foundation
import Glibc
import Interlock
import InterlockSystem
import TestSupport
import Testing

/// Real programs under supervision.
///
/// One after the other: a guardian keeps what another has open.
@Suite(.serialized, .tags(.integration), .ownThread, .timeLimit(.minutes(10)))
struct CommandSupervisorTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func supervisor(
    _ policy: SupervisionMachine.Policy = .terminate, killAfter: Duration = .seconds(100)
  ) throws -> CommandSupervisor {
    try CommandSupervisor(policy, killAfter: killAfter, signals: [])
  }

  private func shell(_ script: String) -> SupervisedCommand {
    SupervisedCommand(
      ["sh", "-c", script], environment: ["FOLDER": folder.path], leaseVariable: "LEASE_FD")
  }

  private func end(_ script: String) async throws -> SupervisionEnd {
    try await supervisor().run(shell(script))
  }

  /// Makes a pipe by the name, for a script to say something by.
  private func makePipe(_ name: String) { #expect(mkfifo(folder(name), 0o600) == 0) }

  /// What is written to the pipe of that name until its writers are gone.
  private func heard(_ name: String) async throws -> String {
    try await heardFrom(folder(name))
  }

  @Test(arguments: [0, 1, 77, 255])
  func `the status of a program is passed through`(_ status: Int32) async throws {
    let end = try await end("exit \(status)")
    #expect(end == SupervisionEnd(program: .exited(status), isLeaseOver: false))
    #expect(end.program.status == status)
  }

  @Test(arguments: [SIGTERM, SIGKILL, SIGSEGV])
  func `a signal that ended it is told as 128 and its number`(_ signal: Int32) async throws {
    let end = try await end("kill -\(signal) $$")
    #expect(end.program == .killed(signal))
    #expect(end.program.status == 128 + signal)
  }

  @Test func `a program that is not there, and one that cannot be run, are told apart`()
    async throws
  {
    for (name, number) in [
      ("no-such-program-anywhere", ENOENT), ("/nonexistent/program", ENOENT), ("/etc", EACCES),
      (folder("plain"), EACCES),
    ] {
      try "exit 0".write(toFile: folder("plain"), atomically: true, encoding: .utf8)
      let error = await #expect(throws: SystemError.self) {
        try await supervisor().run(SupervisedCommand([name]))
      }
      #expect(error?.number == number, "\(name)")
      #expect(error?.what.contains(name) == true)
    }
  }

  @Test func `it has variables of its own beside ours, and replaces those of the same name`()
    async throws
  {
    setenv("INTERLOCK_TEST_KEPT", "kept", 1)
    setenv("INTERLOCK_TEST_OLD", "old", 1)
    var command = shell(
      "env | grep -c '^INTERLOCK_TEST_OLD=' > $FOLDER/count;"
        + "echo $INTERLOCK_TEST_KEPT $INTERLOCK_TEST_OLD > $FOLDER/out")
    command.environment["INTERLOCK_TEST_OLD"] = "new = 1"
    #expect(try await supervisor().run(command).program == .exited(0))
    #expect(try String(contentsOfFile: folder("out"), encoding: .utf8) == "kept new = 1\n")
    #expect(try String(contentsOfFile: folder("count"), encoding: .utf8) == "1\n")
  }

  @Test func `its group is its own, and its signals are at their defaults`() async throws {
    let command = shell(
      "ps -o pid=,pgid= -p $$ > $FOLDER/out; exec grep Sig /proc/self/status > $FOLDER/sig")
    // Of the thread that starts it, and of this process, as the program ignores those of writes.
    Signals.ignoreThoseOfWrites()
    #expect(try await supervisor().run(command).program == .exited(0))
    let numbers = try String(contentsOfFile: folder("out"), encoding: .utf8).split(separator: " ")
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    #expect(numbers.count == 2 && numbers[0] == numbers[1])
    #expect(numbers[0] != "\(getpgrp())")
    let signals = try String(contentsOfFile: folder("sig"), encoding: .utf8)
    func mask(_ name: String) throws -> UInt64 {
      let line = try #require(signals.split(separator: "\n").first { $0.hasPrefix(name) })
      return try #require(UInt64(line.split(separator: "\t")[1], radix: 16))
    }
    #expect(try mask("SigBlk") == 0)
    #expect(try mask("SigIgn") & (1 << (SIGPIPE - 1) | 1 << (SIGXFSZ - 1)) == 0)
  }

  @Test func `a lost lease ends the whole group, those left by the program too`() async throws {
    makePipe("ready")
    let supervisor = try supervisor()
    async let end = supervisor.run(
      shell(
        """
        trap 'exit 7' TERM
        sh -c 'trap "" TERM; echo $$ > $FOLDER/child; echo up > $FOLDER/ready; while :; do :; done' &
        wait
        """))
    #expect(try await heard("ready") == "up")
    supervisor.leaseWasLost()
    #expect(try await end == SupervisionEnd(program: .exited(7), isLeaseOver: true))
    let child = try #require(
      Int32(
        String(contentsOfFile: folder("child"), encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(Self.isGone(child), "what the program left behind still runs")
  }

  @Test func `a program that does not go is killed with all it started`() async throws {
    makePipe("ready")
    let supervisor = try supervisor(killAfter: .milliseconds(50))
    async let end = supervisor.run(
      shell("trap '' TERM; echo up > $FOLDER/ready; while :; do :; done"))
    #expect(try await heard("ready") == "up")
    supervisor.leaseWasLost()
    #expect(try await end == SupervisionEnd(program: .killed(SIGKILL), isLeaseOver: true))
  }

  @Test func `a stopped program is woken to end`() async throws {
    makePipe("ready")
    let supervisor = try supervisor()
    async let end = supervisor.run(
      shell("trap 'exit 9' TERM; echo $$ > $FOLDER/ready; while :; do :; done"))
    let process = try #require(Int32(try await heard("ready")))
    kill(process, SIGSTOP)
    // SIGSTOP is nobody's key: this process is not stopped by it.
    supervisor.leaseWasLost()
    #expect(try await end == SupervisionEnd(program: .exited(9), isLeaseOver: true))
  }

  @Test func `the descriptor of the lease ends when it is lost, and the program may go on`()
    async throws
  {
    makePipe("ready")
    let supervisor = try supervisor(.notify)
    async let end = supervisor.run(
      shell("echo up > $FOLDER/ready; cat <&$LEASE_FD; echo seen > $FOLDER/out; exit 4"))
    #expect(try await heard("ready") == "up")
    #expect(!FileManager.default.fileExists(atPath: folder("out")))
    supervisor.leaseWasLost()
    #expect(try await end == SupervisionEnd(program: .exited(4), isLeaseOver: true))
    #expect(FileManager.default.fileExists(atPath: folder("out")))
  }

  @Test func `the descriptor of the lease ends when it is given back`() async throws {
    makePipe("ready")
    let supervisor = try supervisor()
    let end = try await supervisor.run(
      shell("sh -c 'cat <&'$LEASE_FD'; echo seen > $FOLDER/ready' & exit 0"))
    #expect(end == SupervisionEnd(program: .exited(0), isLeaseOver: false))
    // It was left in the background, and lives.
    #expect(try await heard("ready") == "seen")
  }

  @Test func `a lease that nobody renews ends the program before itself`() async throws {
    let clock = SystemClock()
    let until = clock.now.advanced(by: .milliseconds(400))
    let end = try await supervisor(killAfter: .milliseconds(200)).run(
      shell("trap '' TERM; while :; do :; done"), term: .milliseconds(400),
      validUntil: { until })
    #expect(end == SupervisionEnd(program: .killed(SIGKILL), isLeaseOver: true))
  }

  @Test func `a lease that is renewed in time ends nothing`() async throws {
    let clock = SystemClock()
    makePipe("gate")
    let gate = open(folder("gate"), O_RDWR | O_CLOEXEC)
    defer { close(gate) }
    let asked = Guarded(0)
    let end = try await supervisor(killAfter: .milliseconds(10)).run(
      shell("read x < $FOLDER/gate; exit 6"), term: .seconds(2),
      validUntil: {
        // Asked again each time that the end would have come near: five times before the program may go.
        if asked.withLock({
          $0 += 1; return $0
        }) == 5 {
          _ = write(gate, "\n", 1)
        }
        return clock.now.advanced(by: .milliseconds(1_960))
      })
    #expect(end == SupervisionEnd(program: .exited(6), isLeaseOver: false))
  }

  @Test func `one that is given up is ended, and waited for`() async throws {
    makePipe("ready")
    let supervisor = try supervisor()
    let command = shell(
      "trap 'echo ended > $FOLDER/out; exit 0' TERM; echo up > $FOLDER/ready;"
        + "while :; do :; done")
    let end = try await withThrowingTaskGroup(of: SupervisionEnd.self) { group in
      group.addTask { try await supervisor.run(command) }
      _ = try await heard("ready")
      group.cancelAll()
      return try await group.next()
    }
    #expect(end == SupervisionEnd(program: .exited(0), isLeaseOver: false))
    #expect(FileManager.default.fileExists(atPath: folder("out")))
  }

  @Test func `a script without a first line is run as shells run it`() async throws {
    try "echo ran > \(folder("out"))".write(
      toFile: folder("script"), atomically: true, encoding: .utf8)
    chmod(folder("script"), 0o700)
    #expect(
      try await supervisor().run(SupervisedCommand([folder("script")])).program == .exited(0))
    #expect(FileManager.default.fileExists(atPath: folder("out")))
  }

  @Test func `signals that come are passed on, and those before the start are told`() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryDirectory()
      let told = FirstAnswer<Int32>()
      let supervisor = try CommandSupervisor(.terminate, killAfter: .seconds(100)) {
        told.give($0)
      }
      kill(getpid(), SIGHUP)
      try #require(await told.value == SIGHUP)
      // Each is answered before the next one comes, and the last one has no trap.
      let names = ["HUP", "INT", "QUIT", "USR1", "USR2", "WINCH"]
      let numbers = [SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]
      let traps = names.map { "trap 'echo \($0) > \(folder("said"))' \($0);" }.joined()
      try #require(mkfifo(folder("said"), 0o600) == 0)
      async let end = supervisor.run(
        SupervisedCommand([
          "sh", "-c", "\(traps) echo up > \(folder("said")); while :; do :; done",
        ]))
      try #require(try await heardFrom(folder("said")) == "up")
      for (name, number) in zip(names, numbers) {
        kill(getpid(), number)
        try #require(try await heardFrom(folder("said")) == name)
      }
      kill(getpid(), SIGTERM)
      try #require(
        await (try end) == SupervisionEnd(program: .killed(SIGTERM), isLeaseOver: false))
    }
  }

  @Test func `what was ignored when the process began is ignored, and not passed on`() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryDirectory()
      signal(SIGHUP, SIG_IGN)
      let supervisor = try CommandSupervisor(.terminate, killAfter: .seconds(100))
      kill(getpid(), SIGHUP)
      let end = try await supervisor.run(
        SupervisedCommand(["sh", "-c", "kill -HUP $$; kill -TERM $$"]))
      try #require(end.program == .killed(SIGTERM))
      withExtendedLifetime(folder) {}
    }
  }

  @Test func `a program ends with its lease although whoever supervises it is stopped`()
    async throws
  {
    makePipe("ready")
    let path = folder.path
    // From another thread: an exit test keeps this one.
    let pipe = folder("ready")
    let woken = FirstAnswer<Bool>()
    Thread.detachNewThread {
      // Until nobody is left in the group who could write.
      let parent = Int32(linesUntilTheEnd(of: pipe))
      if let parent { kill(parent, SIGCONT) }
      woken.give(parent != nil)
    }
    await #expect(processExitsWith: .success) { [path = path as String] in
      let until = SystemClock().now.advanced(by: .seconds(2))
      let supervisor = try CommandSupervisor(.terminate, killAfter: .milliseconds(1))
      let end = try await supervisor.run(
        SupervisedCommand([
          "sh", "-c",
          "exec 3> \(path)/ready; echo $PPID >&3; kill -STOP $PPID; while :; do :; done",
        ]), term: .seconds(2), validUntil: { until })
      try #require(end == SupervisionEnd(program: .killed(SIGKILL), isLeaseOver: true))
    }
    #expect(await woken.value)
  }

  @Test func `whoever dies takes its program and the whole group along`() async throws {
    makePipe("ready")
    let path = folder.path
    // Both hold the pipe open for as long as they live.
    async let dying = #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let supervisor = try CommandSupervisor(.terminate, killAfter: .seconds(100))
      _ = try await supervisor.run(
        SupervisedCommand([
          "sh", "-c",
          "exec 3> \(path)/ready; sh -c 'echo inner >&3; while :; do :; done' & "
            + "echo outer >&3; kill -9 $PPID; while :; do :; done",
        ]))
    }
    let said = try await heard("ready")
    _ = await dying
    #expect(said.split(separator: "\n").contains("outer"))
  }

  /// Whether a process runs no more; one that nobody has taken note of yet does not run.
  private static func isGone(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
      return true
    }
    return text.split(separator: ")").last?.hasPrefix(" Z") == true
  }
}

/// What is written to the pipe at `path` until its writers are gone.
private func heardFrom(_ path: String) async throws -> String {
  try await BlockingPool.shared.run { linesUntilTheEnd(of: path) }
}

private func linesUntilTheEnd(of path: String) -> String {
  let raw = open(path, O_RDONLY | O_CLOEXEC)
  defer { close(raw) }
  var (text, bytes): ([UInt8], [UInt8]) = ([], Array(repeating: 0, count: 256))
  while case let count = read(raw, &bytes, bytes.count), count > 0 { text += bytes[..<count] }
  return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
}
