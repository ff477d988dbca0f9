internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// `interlock status watch`: what begins, changes and ends.
enum StatusWatching: Command {
  private static let duration = Option.duration(
    "--for", "end after this time; without it, on SIGTERM or Ctrl-C")

  static let declaration = CommandDeclaration(
    path: ["status", "watch"],
    summary: "prints every status that begins, changes or ends",
    details: "First what is set now. With --json, event is began, changed or ended.",
    options: [
      BoardOption.board.optional, BoardOption.scope.optional, duration.optional,
      ArgumentParser.json.optional,
    ],
    statuses: [.badInput, .unreachable, .otherConfiguration, .notPermitted],
    example: "status watch --json")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let scope = try arguments[BoardOption.scope].map { try StatusName($0) }
      let asJSON = arguments.has(ArgumentParser.json)
      try await InterruptibleRun.run(for: try arguments[duration], clock: SystemClock()) {
        for try await change in board.watch(scope: scope) {
          try show(change, asJSON: asJSON, console)
        }
      }
    }
  }

  private static func show(
    _ change: StatusChange, asJSON: Bool, _ console: Console
  ) throws(OutputError) {
    let event =
      switch change {
      case .began: "began"
      case .changed: "changed"
      case .ended: "ended"
      }
    let line = StatusLine(change.entry)
    guard asJSON else {
      if case .ended(let entry) = change { return try console.print("ended    \(entry.key)") }
      return try console.print(event.padded(to: 9) + line.text)
    }
    var object = line.json
    object["event"] = .string(event)
    if case .ended = change { object["set"] = false }
    try console.print(JSONValue.object(object).serialized())
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
