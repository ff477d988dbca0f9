internal import Interlock
internal import InterlockCommandLine
internal import InterlockNode
internal import InterlockSystem
internal import InterlockWire

/// `interlock radio stats`: what a running node has counted.
enum RadioStats: Command {
  private static let what = Option.word(
    "--show", ["stats", "neighbours", "recent"], "which of its readings"
  ).defaulting(to: "stats")

  static let declaration = CommandDeclaration(
    path: ["radio", "stats"],
    summary: "shows utilisation and counters of a running node",
    options: [what.optional, NodeSocket.socket.optional, NodeSocket.config.optional]
      + [ArgumentParser.json.optional],
    statuses: [.failed, .badInput, .unreachable, .notPermitted],
    example: "radio stats --show neighbours --json")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let answer = try await NodeSocket.ask(
      ["command": .string(try arguments[what])], arguments)
    var content = answer.object ?? JSONObject()
    content["ok"] = nil
    guard !arguments.has(ArgumentParser.json) else {
      return try console.print(JSONValue.object(content).serialized())
    }
    for line in JSONLines.lines(of: .object(content)) { try console.print(line) }
  }
}

/// The running node a command talks to.
enum NodeSocket {
  static let socket = Option.text(
    "--socket", "PATH", "the node's control socket; without it, that of the configuration")
  static let config = Option.text(
    "--config", "FILE", "the node's configuration, to find its socket; without it, the defaults")

  /// Asks the node, which was told it may take `limit`.
  ///
  /// - Throws: `CommandFailure`: nobody answers, or the node refuses.
  static func ask(
    _ request: JSONValue, _ arguments: Arguments, within limit: Duration = .zero
  ) async throws -> JSONValue {
    let path = try arguments[socket] ?? standardPath(try arguments[config])
    do {
      return try await ControlClient(path: path).ask(request, within: limit)
    } catch let error as NodeError {
      throw CommandFailure(ExitStatus(error.kind), error.what, error.remedy)
    }
  }
}

extension NodeSocket {
  /// The socket of the configuration; without one, that of the real node, or of the simulated one if
  /// there is no other.
  private static func standardPath(_ file: String?) throws -> String {
    var configuration = try ConfigurationSource(path: file).read()
    let configured = StatePaths(configuration).controlSocket
    guard file == nil else { return configured }
    configuration.modem.type = .kissSerial
    let real = StatePaths(configuration).controlSocket
    return FileAccess.exists(configured) && !FileAccess.exists(real) ? configured : real
  }
}

/// Any JSON as lines for a person.
enum JSONLines {
  /// A line a value, names aligned, inner objects indented.
  static func lines(of value: JSONValue, indent: String = "") -> [String] {
    guard let members = value.object?.members else { return [indent + plain(value)] }
    let width = members.filter { !hasInner($0.value) }.map(\.name.count).max() ?? 0
    return members.flatMap { member -> [String] in
      let name = member.name.replacing("_", with: " ")
      if let list = member.value.array, hasInner(member.value) {
        return ["\(indent)\(name)"]
          + list.flatMap { lines(of: $0, indent: indent + "  ") + [""] }.dropLast()
      }
      guard hasInner(member.value) else {
        let padding = String(repeating: " ", count: max(2, width + 2 - name.count))
        return ["\(indent)\(name)\(padding)\(plain(member.value))"]
      }
      return ["\(indent)\(name)"] + lines(of: member.value, indent: indent + "  ")
    }
  }

  private static func hasInner(_ value: JSONValue) -> Bool {
    value.object.map { !$0.members.isEmpty } ?? value.array?.contains { $0.object != nil } ?? false
  }

  private static func plain(_ value: JSONValue) -> String {
    if value.isNull { return "–" }
    if value.object?.members.isEmpty == true { return "none" }
    return value.string?.withoutControls
      ?? value.array.map { $0.map(plain).joined(separator: " ") } ?? value.serialized()
  }
}
