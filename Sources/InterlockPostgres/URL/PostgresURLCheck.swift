internal import CPostgres

/// What libpq says of a URL.
enum PostgresURLCheck {
  /// What is wrong with a URL, without what it holds; nil for nothing.
  static func fault(in text: String) -> String? {
    var message: UnsafeMutablePointer<CChar>?
    let options = unsafe PQconninfoParse(text, &message)
    defer {
      unsafe PQconninfoFree(options)
      if let message = unsafe message { unsafe PQfreemem(message) }
    }
    if unsafe options != nil { return nil }
    let words = unsafe message.map { unsafe String(cString: $0) } ?? "there is no memory to read it"
    // libpq repeats the URL, or a part of it, in quotation marks.
    return words.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }.joined()
      .split(whereSeparator: \.isNewline).joined(separator: "; ")
  }
}
