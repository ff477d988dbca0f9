package import InterlockWire

/// What is wrong with one value of a configuration.
package struct SettingProblem: Error, Sendable, Hashable {
  /// Where the value stands; nil when it did not come from the file.
  package var place: JSONPosition?
  /// What is wrong and what would suit: `must be …`.
  package var message: String

  init(_ node: JSONValue, _ message: String) {
    place = node.position
    self.message = message
  }

  init(place: JSONPosition?, _ message: String) {
    self.place = place
    self.message = message
  }
}

/// Why a configuration is refused: every problem found, in the order they stand in the file.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, as it was named.
  package let file: String
  package let problems: [SettingProblem]

  package init(file: String, problems: [SettingProblem]) {
    self.file = file
    self.problems = problems.sorted {
      ($0.place?.line ?? 0, $0.place?.column ?? 0) < ($1.place?.line ?? 0, $1.place?.column ?? 0)
    }
  }

  /// One line a problem: `node.json5:12:7: …`.
  package var description: String {
    problems.map { problem in
      let place = problem.place.map { ":\($0.line):\($0.column)" } ?? ""
      return "\(file)\(place): \(problem.message)"
    }.joined(separator: "\n")
  }
}
