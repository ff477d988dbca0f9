internal import InterlockCommandLine
internal import InterlockNode

extension Option where Value == BackendLocation {
  /// An option that says where locks or statuses are.
  static func location(_ name: String, _ meaning: String) -> Option<BackendLocation> {
    Option<BackendLocation>(name: name, placeholder: "URL", meaning: meaning) {
      text throws(OptionProblem) in
      do throws(BackendLocation.Problem) {
        return try BackendLocation(text)
      } catch {
        throw OptionProblem(expected: error.expected)
      }
    }
  }
}

extension Arguments {
  /// The location that an option gives, or the usual one.
  ///
  /// - Throws: `CommandFailure` when neither is there.
  func location(_ option: Option<BackendLocation>) throws -> BackendLocation {
    if let given = try self[option] { return given }
    do throws(BackendLocation.Problem) {
      return try BackendLocation.standard()
    } catch {
      throw CommandFailure(
        .usage, "nothing says where to look",
        "\(option.name) or INTERLOCK_BACKEND \(error.expected)")
    }
  }
}
