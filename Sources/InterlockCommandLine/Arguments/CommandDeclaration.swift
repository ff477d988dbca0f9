/// Everything the parser and the help text know about a command.
package struct CommandDeclaration: Sendable {
  /// The words that name it: `["radio", "airtime"]`.
  package let path: [String]
  /// One line for the list of commands.
  package let summary: String
  /// What more a reader of its help should know; may be empty.
  package var details = ""
  /// What stands after the name besides options.
  package var operands: [Operand] = []
  /// What stands after `--`, and is then needed: a program to run and its arguments; nil for one without.
  package var program: Operand?
  package var options: [OptionDeclaration] = []
  /// The statuses it may end with besides 0 and 64.
  package var statuses: [ExitStatus] = []
  /// A command line that works, without the program's name.
  package let example: String

  /// Declares a command.
  package init(
    path: [String], summary: String, details: String = "", operands: [Operand] = [],
    program: Operand? = nil, options: [OptionDeclaration] = [], statuses: [ExitStatus] = [],
    example: String
  ) {
    self.path = path
    self.summary = summary
    self.details = details
    self.operands = operands
    self.program = program
    self.options = options
    self.statuses = statuses
    self.example = example
  }

  package var name: String { path.joined(separator: " ") }
}

/// One thing that stands after a command's name.
package struct Operand: Sendable {
  package let name: String
  package let meaning: String
  package var isOptional = false
  package var repeats = false

  /// Declares an operand.
  package init(name: String, meaning: String, isOptional: Bool = false, repeats: Bool = false) {
    self.name = name
    self.meaning = meaning
    self.isOptional = isOptional
    self.repeats = repeats
  }

  /// As the usage line shows it.
  package var usage: String {
    let text = repeats ? "\(name)…" : name
    return isOptional ? "[\(text)]" : text
  }
}

/// What the parser and the help text need of an option, whatever its value's type.
package struct OptionDeclaration: Sendable {
  package let name: String
  package let placeholder: String?
  package let meaning: String
  package let fallbackText: String?
  /// Whether errors leave out what was given.
  package var isSecret = false
  /// Whether it must be given.
  package var isRequired = false
  /// Whether it may be given more than once.
  package var repeats = false
  /// What would suit instead of a value; nil when the value suits.
  package let problem: @Sendable (String) -> OptionProblem?

  /// As the help text shows it.
  package var usage: String { placeholder.map { "\(name) \($0)" } ?? name }
}

extension Option {
  /// The declaration of an option that may be left out.
  package var optional: OptionDeclaration { declaration() }
  /// The declaration of an option that must be given.
  package var required: OptionDeclaration { declaration(isRequired: true) }
  /// The declaration of an option that may be given several times.
  package var repeated: OptionDeclaration { declaration(repeats: true) }

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
  package var optional: OptionDeclaration { option.declaration(fallbackText: fallbackText) }
}
