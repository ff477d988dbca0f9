/// Everything the parser and the help text know about a command.
struct CommandDeclaration: Sendable {
  /// The words that name it: `["radio", "airtime"]`.
  let path: [String]
  /// One line for the list of commands.
  let summary: String
  /// What more a reader of its help should know; may be empty.
  var details = ""
  /// What stands after the name besides options.
  var operands: [Operand] = []
  var options: [OptionDeclaration] = []
  /// The statuses it may end with besides 0 and 64.
  var statuses: [ExitStatus] = []
  /// A command line that works, without the program's name.
  let example: String

  var name: String { path.joined(separator: " ") }
}

/// One thing that stands after a command's name.
struct Operand: Sendable {
  let name: String
  let meaning: String
  var isOptional = false
  var repeats = false

  /// As the usage line shows it.
  var usage: String {
    let text = repeats ? "\(name)…" : name
    return isOptional ? "[\(text)]" : text
  }
}

/// What the parser and the help text need of an option, whatever its value's type.
struct OptionDeclaration: Sendable {
  let name: String
  let placeholder: String?
  let meaning: String
  let fallbackText: String?
  /// Whether errors leave out what was given.
  var isSecret = false
  /// Whether it must be given.
  var isRequired = false
  /// Whether it may be given more than once.
  var repeats = false
  /// What would suit instead of a value; nil when the value suits.
  let problem: @Sendable (String) -> OptionProblem?

  /// As the help text shows it.
  var usage: String { placeholder.map { "\(name) \($0)" } ?? name }
}

extension Option {
  /// The declaration of an option that may be left out.
  var optional: OptionDeclaration { declaration() }
  /// The declaration of an option that must be given.
  var required: OptionDeclaration { declaration(isRequired: true) }
  /// The declaration of an option that may be given several times.
  var repeated: OptionDeclaration { declaration(repeats: true) }

  fileprivate func declaration(
    fallbackText: String? = nil, isRequired: Bool = false, repeats: Bool = false
  ) -> OptionDeclaration {
    let read = read
    return OptionDeclaration(
      name: name, placeholder: placeholder, meaning: meaning, fallbackText: fallbackText,
      isSecret: isSecret, isRequired: isRequired, repeats: repeats
    ) { text in
      do throws(OptionProblem) {
        _ = try read(text)
        return nil
      } catch {
        return error
      }
    }
  }
}

extension DefaultedOption {
  /// The declaration, with the default in the help text.
  var optional: OptionDeclaration { option.declaration(fallbackText: fallbackText) }
}
