/// A number of a body that may be made smaller.
struct Parameter: Sendable, Hashable {
  let name: String
  var value: Int
  /// The least it may be.
  var least = 0
}

extension Engine {
  /// That a number was given and that the body never asked for it; nil when there is none.
  var missedParameter: String? {
    setup.parameters.first { wanted in !parameters.contains { $0.name == wanted.name } }
      .map { "the body never asked for the number \($0.name)" }
  }

  /// The number of that name: the setup's, if it may be, and otherwise the largest.
  func parameter(_ name: String, _ range: ClosedRange<Int>) -> Int {
    if let known = parameters.first(where: { $0.name == name }) { return known.value }
    let wanted = setup.parameters.first { $0.name == name }?.value ?? range.upperBound
    let value = min(max(wanted, range.lowerBound), range.upperBound)
    parameters.append(Parameter(name: name, value: value, least: range.lowerBound))
    return value
  }
}
