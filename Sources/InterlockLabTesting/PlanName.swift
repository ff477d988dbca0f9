/// What a test is called in replay strings.
enum PlanName {
  /// Longer ones are cut: they are to be copied by hand.
  private static let longest = 60

  /// Letters, digits and dots of a test's name, with a dash for whatever stands between, and the line of the test: two
  /// suites of a file may have tests of one name.
  static func of(_ name: String, line: Int) -> String {
    var text = ""
    for character in name[..<(name.lastIndex(of: "(") ?? name.endIndex)]
    where text.utf8.count < longest {
      if character.isASCII, character.isLetter || character.isNumber || character == "." {
        text.append(character)
      } else if !text.isEmpty, text.last != "-" {
        text.append("-")
      }
    }
    while text.last == "-" { text.removeLast() }
    return "\(text.isEmpty ? "test" : text).\(line)"
  }
}
