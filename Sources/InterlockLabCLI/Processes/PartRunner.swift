internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockSystem

/// Runs the parts of an exploration in processes of this program: threads would share the runtime's locks, and one
/// that dies takes only its part with it.
struct PartRunner: Sendable {
  let scenario: Scenario
  let variant: Scenario.Variant
  let parts: PartList
  let jobs: Int
  let keepsGoing: Bool
  let faults: Set<FaultWord>

  /// Runs them all, or until one has found a failure.
  ///
  /// - Parameters:
  ///   - command: What is started: a file, and words that come before those of a part.
  ///   - console: Where the processes' complaints go.
  ///   - tell: Called when one has told how far it has come: schedules and steps of all.
  /// - Throws: `CommandFailure` when one cannot be started, or ends without a result.
  /// - Returns: what they found together.
  func run(
    _ command: [String], _ console: Console,
    tell: @escaping @Sendable (_ schedules: Int, _ steps: Int) -> Void
  ) async throws -> PartBoard {
    try await BlockingPool(width: 1, capacity: 1).run {
      var board = PartBoard(parts, keepsGoing: keepsGoing)
      var children = ChildProcesses()
      while !board.isOver {
        while children.count < jobs, let part = board.start() {
          try children.start(
            part.number, command[0], arguments: command.dropFirst() + words(part))
        }
        guard let event = try children.next() else { break }
        switch event {
        case .printed(let part, let line):
          board.printed(line, by: part)
          tell(board.schedules, board.steps)
        case .complained(let part, let line):
          if board.complained(line, by: part) { console.writeError(line + "\n") }
        case .ended(let part, let status): try board.ended(part, status: status)
        }
      }
      return board
    }
  }

  private func words(_ part: Part) -> [String] {
    [
      "run", scenario.name, "--variant", variant.rawValue, "--schedules", "\(part.schedules)",
      "--seed", "\(part.seed)", "--strategy", "\(part.strategy)", "--json", "--progress",
      "--in-process",
    ] + (keepsGoing ? ["--keep-going"] : []) + (faults.isEmpty ? [] : ["--faults", faults.text])
  }
}
