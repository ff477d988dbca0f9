/// What was typed after a command's name, checked against its declaration.
package struct Arguments: Sendable, Hashable {
  /// The values given for each option, in order; an empty text for an option without one.
  private let values: [String: [String]]
  package let operands: [String]
  /// The words after `--`, for a command that runs a program.
  package let program: [String]

  package init(values: [String: [String]], operands: [String], program: [String] = []) {
    self.values = values
    self.operands = operands
    self.program = program
  }

  /// The option's value (the last one given); nil when it was not given.
  package subscript<Value>(_ option: Option<Value>) -> Value? {
    get throws(OptionProblem) {
      guard let text = values[option.name]?.last else { return nil }
      return try option.read(text)
    }
  }

  /// The option's value, or its default.
  package subscript<Value>(_ option: DefaultedOption<Value>) -> Value {
    get throws(OptionProblem) { try self[option.option] ?? option.fallback }
  }

  /// Every value given for a repeated option.
  ///
  /// - Throws: `OptionProblem`, which the parser has already ruled out.
  /// - Returns: the values in the order given.
  package func all<Value>(_ option: Option<Value>) throws(OptionProblem) -> [Value] {
    var all: [Value] = []
    for text in values[option.name] ?? [] { all.append(try option.read(text)) }
    return all
  }

  /// What was written for an option; nil when it was not given.
  package func text<Value>(of option: Option<Value>) -> String? { values[option.name]?.last }

  /// Whether the option was given.
  package func has(_ option: Option<Bool>) -> Bool { values[option.name] != nil }
}
