internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockSystem
internal import InterlockWire

/// `interlock lab replay`: runs one schedule again.
enum LabReplay: Command {
  private static let full = Option.flag("--full", "every step on a line of its own")
  private static let columns = Option.flag("--columns", "a column for each task")
  private static let html = Option.text(
    "--html", "FILE", "write one page that draws the tasks as lanes")

  static let declaration = CommandDeclaration(
    path: ["lab", "replay"], summary: "runs one schedule again and prints what happens in it",
    details: """
      Each line is what a task did up to its next await. Where it says ←, the schedule leaves the default order, in \
      which a task runs as long as it can. A string is of the build it was printed by.
      """,
    operands: [Operand(name: "STRING", meaning: "the replay string that was printed")],
    options: [
      full.optional, columns.optional, html.optional, ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput],
    example: "lab replay lab1/lock.singleton.unguarded//1:2 --columns")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let text = arguments.operands[0]
    let (scenario, variant) = try scenario(of: text)
    let report: InterlockLab.Report
    do {
      report = try await scenario.replay(variant, text)
    } catch {
      throw CommandFailure(.badInput, "\(error)", "copy it whole, in quotation marks")
    }
    guard let trace = report.trace else {
      throw CommandFailure(.failed, "\(report.outcome)", "interlock lab doctor tells more")
    }
    if let path = try arguments[html] {
      let page = trace.html(title: scenario.scheduleName(variant), schedule: text)
      do { try await AtomicFile.write(Array(page.utf8), to: path) } catch let error as SystemError {
        throw CommandFailure(.failed, error.what, error.remedy ?? "give --html another place")
      }
    }
    let status = report.outcome.isPassed ? ExitStatus.done : .failed
    try console.print(lines(of: trace, report.outcome, arguments), unlessOver: status)
    if case .diverged(let difference) = report.outcome {
      throw CommandFailure(
        .failed, "the run took another way: \(difference)", "explore again: lab run")
    }
    if status != .done { throw SilentEnd(status) }
  }

  private static func lines(
    of trace: Trace, _ outcome: Outcome, _ arguments: Arguments
  ) -> [String] {
    if arguments.has(ArgumentParser.json) { return trace.json.map { $0.serialized() } }
    let text =
      arguments.has(columns)
      ? trace.columns(width: StandardStream.output.width)
      : trace.text(isFolded: !arguments.has(full))
    return outcome.isPassed ? [text, "", "\(outcome)"] : [text]
  }

  /// The scenario and the form a replay string is of.
  private static func scenario(
    of text: String
  ) throws(CommandFailure) -> (scenario: Scenario, variant: Scenario.Variant) {
    let fields = text.split(separator: "/", omittingEmptySubsequences: false)
    guard fields.count > 1 else {
      throw CommandFailure(
        .badInput, "\"\(text)\" is no replay string",
        "it begins like lab1/lock.singleton.unguarded/")
    }
    do throws(UnknownScenario) {
      return try Scenario.of(scheduleName: String(fields[1]))
    } catch {
      throw error.failure
    }
  }
}
