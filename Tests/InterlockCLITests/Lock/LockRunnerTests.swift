import Foundation
import Glibc
import Interlock
import InterlockCommandLine
import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockCLI

/// The runner against a backend of this process, where a test can hold the lock, and take it away.
@Suite(.serialized, .tags(.integration), .ownThread, .timeLimit(.minutes(10)))
struct LockRunnerTests {
  private let client = LockClient(InProcessBackend())
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func runner(
    _ script: String, timeout: Duration? = nil, policy: SupervisionMachine.Policy = .terminate,
    mode: LockMode = .exclusive
  ) -> LockRunner {
    LockRunner(
      name: "a", mode: mode, timeout: timeout, options: LockOptions(reason: "to see"),
      words: ["sh", "-c", script], policy: policy, killAfter: .seconds(100))
  }

  /// Runs it until its program says so, then does something; what the run throws then.
  private func failure(
    of runner: LockRunner, after step: @Sendable @escaping () async throws -> Void
  ) async throws -> CommandFailure? {
    #expect(mkfifo(folder("ready"), 0o600) == 0)
    return try await withThrowingTaskGroup(of: CommandFailure?.self) { group in
      group.addTask { [client] in
        do {
          try await runner.run(client)
          return nil
        } catch let failure as CommandFailure {
          return failure
        }
      }
      let path = folder("ready")
      try await BlockingPool.shared.run {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(raw) }
        var byte: UInt8 = 0
        _ = read(raw, &byte, 1)
      }
      try await step()
      return try await group.next() ?? nil
    }
  }

  @Test func `locks.X1 what is held is waited for no longer than allowed, and the holder is named`()
    async throws
  {
    for limit in [Duration.zero, .milliseconds(20)] {
      try await client.withLock("a", options: LockOptions(reason: "for a test")) { _ in
        let failure = await #expect(throws: CommandFailure.self) {
          // In a task of its own: this one has the lock already.
          try await Task.detached { [client, runner = runner("exit 0", timeout: limit)] in
            try await runner.run(client)
          }.value
        }
        #expect(failure?.status == .notInTime)
        #expect(failure?.what.contains("this-process:0") == true, "\(failure as Any)")
        #expect(failure?.what.contains("for a test") == true)
      }
    }
  }

  @Test func `locks.X1 a lock that is taken away ends the program, and that is told`() async throws
  {
    let script =
      "trap 'echo ended > \(folder("out")); exit 0' TERM; echo up > \(folder("ready"));"
      + "while :; do :; done"
    let failure = try await failure(of: runner(script)) { [client] in
      try await client.forceUnlock("a", expecting: .anyHolder, reason: "the test wants it")
    }
    #expect(failure?.status == .leaseLost)
    #expect(FileManager.default.fileExists(atPath: folder("out")))
    #expect(try await client.record(of: "a").isIdle)
  }

  @Test func `locks.X1 told only, the program goes on, and the loss is its status all the same`()
    async throws
  {
    let script = "echo up > \(folder("ready")); cat <&$INTERLOCK_LEASE_FD; echo > \(folder("out"))"
    let failure = try await failure(of: runner(script, policy: .notify)) { [client] in
      try await client.forceUnlock("a", expecting: .anyHolder)
    }
    #expect(failure?.status == .leaseLost)
    #expect(FileManager.default.fileExists(atPath: folder("out")))
  }

  @Test func `locks.X1 while it runs the lock is held as asked, and afterwards it is free`()
    async throws
  {
    let script = "echo up > \(folder("ready")); read x < \(folder("gate")); exit 0"
    #expect(mkfifo(folder("gate"), 0o600) == 0)
    let gate = folder("gate")
    let held = Guarded<[LockHolder]>([])
    let failure = try await failure(of: runner(script, mode: .permits(1, of: 3))) { [client] in
      let holders = try await client.record(of: "a").holders
      held.withLock { $0 = holders }
      try await BlockingPool.shared.run {
        try "go\n".write(to: URL(filePath: gate), atomically: false, encoding: .utf8)
      }
    }
    #expect(failure == nil)
    #expect(held.withLock { $0 }.map(\.mode) == [.permits(1, of: 3)])
    #expect(held.withLock { $0 }.map(\.reason) == ["to see"])
    #expect(try await client.record(of: "a").isIdle)
  }

  @Test func `locks.X1 a program that cannot be started leaves the lock free`() async throws {
    let runner = LockRunner(
      name: "a", mode: .exclusive, timeout: nil, options: LockOptions(),
      words: ["/nonexistent/program"], policy: .terminate, killAfter: .zero)
    let failure = await #expect(throws: CommandFailure.self) { try await runner.run(client) }
    #expect(failure?.status == .notFound)
    #expect(try await client.record(of: "a").isIdle)
  }

  @Test func `locks.X1 a signal while it waits ends the wait, and nothing is left in line`() async {
    await #expect(processExitsWith: .success) {
      let client = LockClient(InProcessBackend())
      let held = try await client.acquire("a")
      let runner = LockRunner(
        name: "a", mode: .exclusive, timeout: nil, options: LockOptions(), words: ["true"],
        policy: .terminate, killAfter: .zero)
      async let end: Void = runner.run(client)
      while client.waiting == 0 { await Task.yield() }
      kill(getpid(), SIGINT)
      do {
        try await end
        exit(EXIT_FAILURE)
      } catch let end as SilentEnd {
        try #require(end.status.rawValue == 128 + SIGINT)
      }
      try #require(try await client.record(of: "a").waiters.isEmpty)
      try await held.release()
      try #require(try await client.record(of: "a").isIdle)
    }
  }
}
