internal import InterlockCommandLine
internal import InterlockSystem

/// `interlock lab`: hands over to the program that has the runtime's functions replaced in it.
enum LabCommand: Command {
  static let declaration = CommandDeclaration(
    path: ["lab"],
    summary: "explores races: list, run, replay, check, measure, doctor (interlock-lab)",
    details: """
      It is a program of its own, because it replaces parts of the Swift runtime in itself. It is looked for \
      beside this one, and then in PATH. interlock lab help lists its commands.
      """,
    operands: [
      Operand(name: "COMMAND", meaning: "as interlock lab help lists them", repeats: true)
    ],
    statuses: [.failed, .badInput, .unreachable],
    example: "lab list")

  /// The words that are not parsed here but by the other program.
  static func takes(_ words: [String]) -> Bool {
    words.first == "lab" || words.starts(with: ["help", "lab"])
  }

  /// Becomes the other program, or says why not.
  static func start(_ words: [String], console: Console) -> ExitStatus {
    do {
      try handOver(words)
      return .failed
    } catch {
      console.complain(error)
      return error.status
    }
  }

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try handOver(["lab"] + arguments.operands)
  }

  /// Becomes the other program.
  ///
  /// - Throws: `CommandFailure` with status 69 when it is not there.
  static func handOver(_ words: [String]) throws(CommandFailure) {
    let beside = ProcessEnvironment.folder.map { [$0 + "/interlock-lab"] } ?? []
    for program in beside + ["interlock-lab"] {
      // Returns only when it cannot be started.
      ProcessEnvironment.become(program, arguments: ["interlock-lab"] + words)
    }
    throw CommandFailure(
      .unreachable, "interlock-lab is neither beside this program nor in PATH",
      "build it: swift build --product interlock-lab")
  }
}
