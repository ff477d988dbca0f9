import InterlockMeshCore
import Testing

@Suite(.timeLimit(.minutes(10))) struct TextPatternTests {
  @Test(arguments: [
    ("spam", "spam", true), ("spam", "spams", false), ("spam", "a spam", false),
    ("SPAM", "sPam", true), ("größe", "GRÖSSE", false), ("größe", "GRÖßE", true),
    ("привет*", "ПРИВЕТ всем", true), ("*", "", true), ("*", "anything", true), ("a", "", false),
    ("*spam*", "a SPAM b", true), ("*spam*", "spa m", false), ("a*c", "abbbc", true),
    ("a*c", "ac", true), ("a*c", "abcb", false), ("a*b*c", "aXbYc", true), ("**", "x", true),
    ("a.c", "abc", false), ("a?c", "abc", false), ("[a]", "a", false), ("*a*", "*b*", false),
    ("50*%", "50 %", true), ("*aab", "aaab", true), ("*ab*ab", "abab", true),
    ("*ab*ab", "ab", false),
  ])
  func `a pattern fits the whole text, a star anything, either case`(
    pattern: String, text: String, fits: Bool
  ) {
    #expect(TextPattern(pattern).matches(text) == fits)
  }

  /// What a pattern means, said the plain and slow way.
  private func fits(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return text.indices.contains { fits(pattern.dropFirst(), text[$0...]) }
        || fits(pattern.dropFirst(), "")
    }
    return first == text.first && fits(pattern.dropFirst(), text.dropFirst())
  }

  /// All words of so many letters at most.
  private func words(of letters: String, upTo length: Int) -> [String] {
    var words = [""]
    var longest = [""]
    for _ in 0..<length {
      longest = longest.flatMap { word in letters.map { word + String($0) } }
      words += longest
    }
    return words
  }

  @Test func `all short patterns and texts agree with the plain meaning`() {
    let texts = words(of: "ab", upTo: 5)
    for pattern in words(of: "ab*", upTo: 5) {
      let compiled = TextPattern(pattern)
      let wrong = texts.filter { compiled.matches($0) != fits(pattern[...], $0[...]) }
      #expect(wrong == [], "\(pattern)")
    }
  }

  @Test func `a pattern made to take for ever is soon answered`() {
    // With every star tried at every place this would take longer than there is time.
    let pattern = TextPattern(String(repeating: "*a", count: 80) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 160)))
  }
}
