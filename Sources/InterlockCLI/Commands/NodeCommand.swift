internal import InterlockNode
internal import InterlockSystem
internal import InterlockWire

/// `interlock node`: the daemon.
enum NodeCommand: Command {
  private static let config = Option.text(
    "--config", "FILE", "the configuration; without it every option has its default")
  private static let duration = Option.duration(
    "--for", "end after this time, with a summary; without it, on SIGTERM or Ctrl-C")
  private static let check = Option.flag(
    "--check", "read the configuration, print it as it will be in force, and end")
  private static let reference = Option.flag(
    "--print-config-reference", "print the documentation of every option and end")

  static let declaration = CommandDeclaration(
    path: ["node"],
    summary: "runs the daemon: a repeater on a real or simulated radio",
    details:
      "SIGHUP reads the configuration again; SIGTERM and Ctrl-C let a transmission under way "
      + "end and save what must survive; a second one ends at once.",
    options: [
      config.optional, duration.optional, check.optional, reference.optional,
      ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput, .unreachable, .notPermitted],
    example: "node --config examples/node.json5 --for 1m")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    if arguments.has(reference) {
      guard console.write(SettingsReference.document) else { throw ReaderGone() }
      return
    }
    let configuration = try ConfigurationSource(path: try arguments[config]).read()
    if arguments.has(check) {
      return try console.print(NodeConfiguration.table.document(configuration).serialized())
    }
  }
}
