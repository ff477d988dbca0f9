/// A piece of a page.
///
/// Text is escaped where it becomes one, so it cannot be forgotten.
struct Markup: Sendable, ExpressibleByStringInterpolation {
  let source: String

  private init(source: String) { self.source = source }

  init(stringLiteral text: String) { source = Self.escaped(text) }

  /// What is markup already.
  static func verbatim(_ source: String) -> Markup { Markup(source: source) }

  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [Markup] = []
  ) -> Markup {
    // An attribute without a value is none.
    let written = attributes.filter { !$0.value.isEmpty }
      .map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    return Markup(
      source: "<\(name)\(written)>\(content.map(\.source).joined())</\(name)>")
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
