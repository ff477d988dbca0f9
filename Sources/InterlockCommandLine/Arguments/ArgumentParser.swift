internal import InterlockWire

/// Reads what was typed after a command's name.
package struct ArgumentParser {
  package let declaration: CommandDeclaration

  /// Parses what comes after the command's name.
  package init(declaration: CommandDeclaration) { self.declaration = declaration }

  /// Options every command understands.
  package static let help = Option.flag("--help", "show this text and stop")
  package static let json = Option.flag("--json", "print one JSON object a line")

  /// - Throws: `CommandFailure` with status 64: an unknown or repeated option, a value that is
  ///   missing or does not suit, an operand too many or too few, no program to run.
  /// - Returns: the checked arguments; with `--help` among them nothing else is checked.
  package func parse(_ words: some Sequence<String>) throws(CommandFailure) -> Arguments {
    var values: [String: [String]] = [:]
    var operands: [String] = []
    var program: [String] = []
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        if declaration.program == nil { operands += rest } else { program = Array(rest) }
        break
      }
      // A lone dash is an operand: standard input.
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      if word == Self.help.name || word == "-h" {
        return Arguments(values: [Self.help.name: [""]], operands: [])
      }
      let (option, value) = try option(word, rest: &rest)
      guard values[option.name] == nil || option.repeats else {
        throw usage("\(option.name) is given twice", "give it once")
      }
      values[option.name, default: []].append(value)
    }
    try check(operands: operands)
    if let declared = declaration.program, program.isEmpty {
      throw usage(
        "\(declaration.name) needs -- and \(declared.name)",
        "usage: \(HelpText.usage(of: declaration))")
    }
    for option in declaration.options where option.isRequired && values[option.name] == nil {
      throw usage("\(option.name) is missing", "give \(option.usage): \(option.meaning)")
    }
    return Arguments(values: values, operands: operands, program: program)
  }

  private func option(
    _ word: String, rest: inout ArraySlice<String>
  ) throws(CommandFailure) -> (OptionDeclaration, String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = declaration.options.first(where: { $0.name == name }) else {
      let near = NearestName.of(name, among: declaration.options.map(\.name))
      let hint = near.map { "did you mean \($0)? " } ?? ""
      throw usage(
        "\(declaration.name) has no option \(name)",
        "\(hint)interlock \(declaration.name) --help lists them")
    }
    guard option.placeholder != nil else {
      guard parts.count == 1 else {
        throw usage("\(option.name) takes no value", "write \(option.name) alone")
      }
      return (option, "")
    }
    let value: String
    if parts.count == 2 {
      value = String(parts[1])
    } else if let next = rest.popFirst() {
      value = next
    } else {
      throw usage("\(option.name) has no value", "write \(option.usage)")
    }
    if let problem = option.problem(value) {
      let given = option.isSecret ? option.name : "\(option.name) \(value)"
      throw usage("\(given) does not suit", "it \(problem.expected)")
    }
    return (option, value)
  }

  private func check(operands: [String]) throws(CommandFailure) {
    let declared = declaration.operands
    let fewest = declared.count { !$0.isOptional }
    if operands.count < fewest {
      throw usage(
        "\(declaration.name) needs \(declared[operands.count].name)",
        "usage: \(HelpText.usage(of: declaration))")
    }
    if operands.count > declared.count, !declared.contains(where: \.repeats) {
      throw usage(
        "\(declaration.name) does not take \"\(operands[declared.count])\"",
        "usage: \(HelpText.usage(of: declaration))")
    }
  }

  private func usage(_ what: String, _ remedy: String) -> CommandFailure {
    CommandFailure(.usage, what, remedy)
  }
}
