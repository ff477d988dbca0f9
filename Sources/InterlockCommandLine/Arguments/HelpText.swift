/// The help texts, made from the declarations.
package enum HelpText {
  /// The usage line, without the word.
  package static func usage(of command: CommandDeclaration) -> String {
    var words = ["interlock", command.name]
    words += command.options.filter(\.isRequired).map(\.usage)
    if command.options.contains(where: { !$0.isRequired }) { words.append("[OPTION]…") }
    words += command.operands.map(\.usage)
    if let program = command.program { words += ["--", program.usage] }
    return words.joined(separator: " ")
  }

  /// The whole help of one command.
  package static func of(_ command: CommandDeclaration) -> String {
    var sections = ["usage: \(usage(of: command))", command.summary]
    if !command.details.isEmpty {
      sections.append(wrap(command.details, width: pageWidth).joined(separator: "\n"))
    }
    let operands = command.operands + (command.program.map { [$0] } ?? [])
    if !operands.isEmpty { sections.append(table(operands.map { ($0.name, $0.meaning) })) }
    let options = command.options.map { option in
      (option.usage, option.meaning + (option.fallbackText.map { " (default: \($0))" } ?? ""))
    }
    sections.append(
      "options:\n" + table(options + [(ArgumentParser.help.name, ArgumentParser.help.meaning)]))
    let statuses = [.done] + command.statuses + [.usage]
    sections.append(
      "exit status:\n"
        + table(
          Set(statuses).sorted { $0.rawValue < $1.rawValue }
            .map { ("\($0.rawValue)", $0.meaning) }))
    sections.append("example:\n  interlock \(command.example)")
    return sections.joined(separator: "\n\n")
  }

  /// The list of commands whose names begin with `path`.
  package static func list(of commands: [CommandDeclaration], below path: [String] = []) -> String {
    let name = (["interlock"] + path).joined(separator: " ")
    return """
      usage: \(name) COMMAND [OPTION]…

      \(path.isEmpty ? "Sharing what only one may use at a time, and proving it." : "commands:")

      \(table(commands.map { ($0.name, $0.summary) }))

      interlock help COMMAND explains one.
      Durations are written 250ms, 1.5s, 30s, 5m, 1h; a bare number is seconds.
      """
  }

  /// Two columns, the second wrapped to the width of a terminal.
  package static func table(_ rows: [(String, String)]) -> String {
    let widest = rows.map(\.0.count).max() ?? 0
    let column = min(widest, columnLimit) + 4
    return rows.map { name, text in
      let lead = "  " + name
      let lines = wrap(text, width: max(20, pageWidth - column))
      let first =
        lead.count + 2 <= column
        ? lead + String(repeating: " ", count: column - lead.count) + (lines.first ?? "")
        : lead + "\n" + String(repeating: " ", count: column) + (lines.first ?? "")
      let more = lines.dropFirst().map { String(repeating: " ", count: column) + $0 }
      return ([first] + more).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static let pageWidth = 100
  private static let columnLimit = 34

  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
