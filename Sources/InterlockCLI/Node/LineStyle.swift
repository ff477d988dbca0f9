/// Colours for a terminal; nothing elsewhere.
struct LineStyle: Sendable {
  let isColoured: Bool

  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func good(_ text: String) -> String { wrap(text, "36") }
  func send(_ text: String) -> String { wrap(text, "1;32") }
  func warn(_ text: String) -> String { wrap(text, "33") }
  func bad(_ text: String) -> String { wrap(text, "1;31") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
