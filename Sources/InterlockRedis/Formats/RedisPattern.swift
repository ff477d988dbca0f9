/// Patterns of the server's `SCAN`.
package enum RedisPattern {
  /// A pattern that only the text itself matches.
  package static func escaped(_ text: String) -> String {
    let special: Set<Character> = ["*", "?", "[", "]", "^", "-", "\\"]
    return String(text.flatMap { special.contains($0) ? ["\\", $0] : [$0] })
  }
}
