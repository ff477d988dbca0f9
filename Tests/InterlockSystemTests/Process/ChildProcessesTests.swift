import Glibc
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct ChildProcessesTests {
  /// What becomes of these shell scripts, run side by side.
  private func run(_ scripts: String...) async throws -> [ChildProcesses.Event] {
    try await BlockingPool.shared.run {
      var children = ChildProcesses()
      for (number, script) in scripts.enumerated() {
        try children.start(number, "/bin/sh", arguments: ["-c", script])
      }
      var events: [ChildProcesses.Event] = []
      while let event = try children.next() { events.append(event) }
      return events
    }
  }

  @Test func `what a program prints and how it ends is told`() async throws {
    let events = try await run("echo one; printf two; echo three >&2; exit 3")
    #expect(
      Set(events) == [
        .printed(0, "one"), .printed(0, "two"), .complained(0, "three"), .ended(0, status: 3),
      ])
    #expect(events.last == .ended(0, status: 3))
  }

  @Test func `more than a pipe holds arrives whole, in pieces when it is one line`() async throws {
    let events = try await run("head -c 3000000 /dev/zero")
    let pieces = events.compactMap { event in
      if case .printed(0, let text) = event { text.utf8.count } else { nil }
    }
    #expect(pieces.reduce(0, +) == 3_000_000)
    #expect(pieces.count == 3)
  }

  @Test func `a signal that ended it is told as shells do`() async throws {
    #expect(try await run("kill -9 $$").last == .ended(0, status: 137))
  }

  @Test func `several go on at once, and each is known by its number`() async throws {
    // The first waits for the second: one after the other they would never end.
    let directory = try TemporaryDirectory()
    let pipe = directory("pipe")
    let events = try await run(
      "mkfifo \(pipe); read line < \(pipe); echo $line",
      "until [ -p \(pipe) ]; do :; done; echo hello > \(pipe); exit 1")
    #expect(
      Set(events) == [.printed(0, "hello"), .ended(0, status: 0), .ended(1, status: 1)])
  }

  @Test func `those that are given up are stopped`() async throws {
    let process: Int32 = try await BlockingPool.shared.run {
      var children = ChildProcesses()
      try children.start(0, "/bin/sh", arguments: ["-c", "echo $$; exec tail -f /dev/null"])
      guard case .printed(_, let text)? = try children.next(), let process = Int32(text) else {
        throw SystemError("read", "a number", number: 0)
      }
      return process
    }
    #expect(kill(process, 0) == -1 && errno == ESRCH, "it still runs")
  }

  @Test func `a program that is not there is named`() async throws {
    let error = await #expect(throws: SystemError.self) {
      try await BlockingPool.shared.run {
        var children = ChildProcesses()
        try children.start(0, "/nonexistent/program", arguments: [])
      }
    }
    #expect(error?.description.contains("/nonexistent/program") == true)
  }
}
