import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct ChildProcessTests {
  private func run(_ words: String...) async throws -> ChildProcess.Result {
    try await BlockingPool.shared.run {
      try ChildProcess.run(words[0], arguments: Array(words[1...]))
    }
  }

  @Test func `what a program prints and how it ends is told`() async throws {
    let result = try await run("/bin/sh", "-c", "echo one; echo two >&2; exit 3")
    #expect(result.status == 3)
    #expect(result.output == Array("one\n".utf8))
  }

  @Test func `more than a pipe holds arrives whole`() async throws {
    let result = try await run("/bin/sh", "-c", "head -c 1000000 /dev/zero")
    #expect(result.status == 0)
    #expect(result.output.count == 1_000_000)
  }

  @Test func `a signal that ended it is told as shells do`() async throws {
    #expect(try await run("/bin/sh", "-c", "kill -9 $$").status == 137)
  }

  @Test func `a program that is not there is named`() async throws {
    let error = await #expect(throws: SystemError.self) { try await run("/nonexistent/program") }
    #expect(error?.description.contains("/nonexistent/program") == true)
  }
}
