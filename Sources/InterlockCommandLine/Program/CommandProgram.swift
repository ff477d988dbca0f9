internal import InterlockSystem
internal import InterlockWire

/// A program made of commands: finds the one that is meant, and turns how it ended into a status.
package struct CommandProgram: Sendable {
  /// What the help begins a command line with.
  package let name: String
  package let version: String
  /// Every command, in the order the help lists them.
  package let commands: [any Command.Type]

  /// A program of these commands.
  package init(name: String, version: String, commands: [any Command.Type]) {
    self.name = name
    self.version = version
    self.commands = commands
  }

  /// Finds the command the words name, runs it, and turns how it ended into a status.
  package func run(_ words: [String], console: Console) async -> ExitStatus {
    do {
      try await dispatch(words, console: console)
      return .done
    } catch let failure as CommandFailure {
      console.complain(failure)
      return failure.status
    } catch let end as SilentEnd {
      return end.status
    } catch let error as OutputError {
      guard !error.isReaderGone else { return .done }
      console.complain(
        CommandFailure(.failed, error.cause.what, "what was printed is not complete"))
      return .failed
    } catch {
      console.complain(CommandFailure(.failed, "\(error)", "see interlock help"))
      return .failed
    }
  }

  private func dispatch(_ words: [String], console: Console) async throws {
    let declarations = commands.map { $0.declaration }
    guard let first = words.first else {
      console.writeError(HelpText.list(of: declarations) + "\n")
      throw CommandFailure(.usage, "no command is given", "interlock help lists them")
    }
    if first == "--version" { return try console.print("\(name) \(version)") }
    if first == "help" || first == "--help" || first == "-h" {
      return try printHelp(for: Array(words.dropFirst()), console: console)
    }
    guard let command = commands.first(where: { words.starts(with: $0.declaration.path) }) else {
      let group = declarations.filter { $0.path.first == first }
      if !group.isEmpty, words.count == 1 || words[1] == "--help" || words[1] == "-h" {
        return try console.print(HelpText.list(of: group, below: [first]))
      }
      throw unknown(words, among: declarations)
    }
    let parser = ArgumentParser(declaration: command.declaration)
    let arguments = try parser.parse(words.dropFirst(command.declaration.path.count))
    if arguments.has(ArgumentParser.help) {
      return try console.print(HelpText.of(command.declaration))
    }
    try await command.run(arguments, console)
  }

  private func printHelp(for path: [String], console: Console) throws {
    let declarations = commands.map { $0.declaration }
    if let command = declarations.first(where: { $0.path == path }) {
      return try console.print(HelpText.of(command))
    }
    let below = declarations.filter { $0.path.starts(with: path) }
    guard !below.isEmpty else { throw unknown(path, among: declarations) }
    try console.print(HelpText.list(of: below, below: path))
  }

  private func unknown(
    _ words: [String], among declarations: [CommandDeclaration]
  ) -> CommandFailure {
    let group = declarations.filter { $0.path.count > 1 && $0.path.first == words.first }
    let name = words.prefix(group.isEmpty ? 1 : 2).joined(separator: " ")
    let candidates =
      group.isEmpty ? declarations.flatMap { [$0.name, $0.path[0]] } : group.map(\.name)
    let hint = NearestName.of(name, among: candidates).map { "did you mean \($0)? " } ?? ""
    return CommandFailure(
      .usage, "there is no command \"\(name)\"", "\(hint)interlock help lists them")
  }
}
