internal import Interlock
internal import InterlockCommandLine
internal import InterlockCrypto
internal import InterlockNode
internal import InterlockSystem
internal import InterlockWire

/// `interlock node`: the daemon.
enum NodeCommand: Command {
  private static let config = Option.text(
    "--config", "FILE", "the configuration; without it every option has its default")
  private static let duration = Option.duration(
    "--for", "end after this time, with a summary; without it, on SIGTERM or Ctrl-C")
  private static let quiet = Option.flag("--quiet", "show no events; the log tells")
  private static let check = Option.flag(
    "--check",
    "read the configuration, print it without its secrets as it will be in force, with warnings on "
      + "standard error, and end")
  private static let reference = Option.flag(
    "--print-config-reference", "print the documentation of every option and end")

  static let declaration = CommandDeclaration(
    path: ["node"],
    summary: "runs the daemon: a repeater on a real or simulated radio",
    details:
      "Events are shown on standard output, the log goes where the configuration says; what goes "
      + "to one place is told once, and the node goes on when nobody reads it any more. SIGHUP reads the configuration again; SIGTERM and Ctrl-C let a "
      + "transmission under way end and save what must survive; a second one ends at once.",
    options: [
      config.optional, duration.optional, quiet.optional, check.optional, reference.optional,
      ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput, .unreachable, .notPermitted],
    example: "node --config examples/node.json5 --for 1m")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    if arguments.has(reference) { return try console.write(SettingsReference.document) }
    let source = ConfigurationSource(path: try arguments[config])
    let configuration = try source.read()
    if arguments.has(check) {
      for warning in try configuration.regulatoryWarnings() {
        console.warn(warning, NodeConfiguration.regulatoryRemedy)
      }
      return try console.print(NodeConfiguration.table.document(configuration).serialized())
    }
    let presentation = NodePresentation(
      console, log: configuration.log, asJSON: arguments.has(ArgumentParser.json),
      isQuiet: arguments.has(quiet))
    do {
      try await NodeRunner(source: source, presentation: presentation)
        .run(configuration, for: try arguments[duration])
    } catch let error as NodeError {
      throw CommandFailure(ExitStatus(error.kind), error.what, error.remedy)
    }
  }
}

extension ExitStatus {
  /// The status for a node's failure.
  init(_ kind: NodeError.Kind) {
    switch kind {
    case .badInput: self = .badInput
    case .unreachable: self = .unreachable
    case .notInTime: self = .notInTime
    case .notPermitted: self = .notPermitted
    case .failed: self = .failed
    }
  }
}
