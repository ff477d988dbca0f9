import InterlockCommandLine
import InterlockScenarios
import TestSupport
import Testing

@testable import InterlockLabCLI

/// Scripts in the place of the program: what the processes of an exploration do to each other.
@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct PartRunnerTests {
  /// What a runner makes of processes that are this script.
  private func run(
    _ script: String, parts: Int, jobs: Int, keepsGoing: Bool = false
  ) async throws -> PartBoard {
    let silent = Console(
      write: { _ in }, writeError: { _ in }, readLine: { nil }, isTerminal: false)
    return try await PartRunner(
      scenario: try Scenario.named("lock.singleton"), variant: .unguarded,
      parts: PartList(.random, schedules: parts * 1000, seed: 0, size: 1000), jobs: jobs,
      keepsGoing: keepsGoing, faults: []
    ).run(["/bin/sh", "-c", script, "program"], silent) { _, _ in }
  }

  private static let passes =
    #"echo '{"schedules":1000,"steps":5000,"complete":false,"found":false}'"#
  private static let fails =
    #"echo '{"schedules":7,"steps":50,"complete":false,"found":true,"outcome":"bad"}'; exit 1"#
  private static let dies = """
    echo 'lab: the process died inside a schedule. Replay: lab1/x//1:1' >&2; kill -ILL $$
    """
  /// The arguments are `run NAME --variant V --schedules N --seed S …`.
  private static let ofSeed = "case $8 in 2000)"

  @Test func `all parts are run, no more than allowed at a time`() async throws {
    let board = try await run(Self.passes, parts: 5, jobs: 2)
    #expect(board.schedules == 5000 && board.steps == 25_000)
    #expect(board.found == nil)
  }

  @Test func `a process stays one, whatever it explores`() async throws {
    let board = try await run(
      "case \"$*\" in *--in-process*) \(Self.passes);; esac", parts: 1, jobs: 1)
    #expect(board.schedules == 1000)
  }

  @Test func `a process that dies is a failure with a string, and the others are stopped`()
    async throws
  {
    let board = try await run(
      "\(Self.ofSeed) \(Self.dies);; *) exec tail -f /dev/null;; esac", parts: 3, jobs: 3)
    #expect(board.found?.part == 2 && board.found?.schedule == "lab1/x//1:1")
  }

  @Test func `counting, the others go on after one has died`() async throws {
    let board = try await run(
      "\(Self.ofSeed) \(Self.dies);; *) \(Self.passes);; esac", parts: 5, jobs: 1, keepsGoing: true)
    #expect(board.found?.part == 2 && board.failures == 1)
    #expect(board.schedules == 4000)
  }

  @Test func `one that finds a failure stops those that would never end`() async throws {
    let board = try await run(
      "\(Self.ofSeed) \(Self.fails);; *) exec tail -f /dev/null;; esac", parts: 3, jobs: 3)
    #expect(board.found?.outcome == "bad")
  }

  @Test func `a process without a result is no result`() async {
    await #expect(throws: CommandFailure.self) { try await run("exit 65", parts: 1, jobs: 1) }
  }
}
