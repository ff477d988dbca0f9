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
    operands: [Operand(name: "STRING", meaning: "the replay string that was printed")],
    options: [
      full.optional, columns.optional, html.optional, ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput],
    example: "lab replay 'lab1/lock.singleton.unguarded//2:2' --columns")

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
      try await AtomicFile.write(Array(page.utf8), to: path)
    }
    if arguments.has(ArgumentParser.json) {
      for event in trace.json { try console.print(event.serialized()) }
    } else if arguments.has(columns) {
      try console.print(trace.columns())
    } else {
      try console.print(trace.text(isFolded: !arguments.has(full)))
    }
    if case .diverged(let difference) = report.outcome {
      throw CommandFailure(.failed, "the run took another way: \(difference)", "explore again")
    }
    if !arguments.has(ArgumentParser.json) {
      try console.print("\n\(report.outcome)")
    }
    if !report.outcome.isPassed { throw SilentEnd(.failed) }
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
