internal import CPostgres

/// What libpq makes of a URL: its options by their names, or what is wrong with it.
enum PostgresURLCheck {
  static func options(of text: String) -> Result<[String: String], PostgresURL.Fault> {
    var message: UnsafeMutablePointer<CChar>?
    let options = unsafe PQconninfoParse(text, &message)
    defer {
      unsafe PQconninfoFree(options)
      if let message = unsafe message { unsafe PQfreemem(message) }
    }
    guard var option = unsafe options else {
      let words = unsafe message.map { unsafe String(cString: $0) }
      return .failure(
        PostgresURL.Fault(description: words.map(tidied) ?? "there is no memory to read it"))
    }
    var found: [String: String] = [:]
    while let name = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe found[String(cString: name)] = unsafe String(cString: value)
      }
      unsafe option += 1
    }
    return .success(found)
  }

  /// On one line, and without what libpq repeats of the URL in quotation marks.
  private static func tidied(_ words: String) -> String {
    words.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }.joined()
      .split(whereSeparator: \.isNewline).joined(separator: "; ")
  }
}
