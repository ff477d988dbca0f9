/// What a text must be like to fit a rule.
///
/// `*` stands for any characters or for none, everything else for itself, and the whole text must
/// fit: `*spam*` fits what contains “spam”. Upper and lower case are the same. There is no way to
/// ask for a star itself, and no other sign means anything.
public struct TextPattern: Sendable, Hashable {
  private let folded: FoldedText

  /// The pattern as it is written.
  public init(_ text: String) {
    folded = FoldedText(text)
  }

  /// Whether a text fits.
  ///
  /// - Complexity: at most the product of both lengths: after a mismatch only what the last star
  ///   stands for grows.
  public func matches(_ text: String) -> Bool { matches(FoldedText(text)) }

  func matches(_ text: FoldedText) -> Bool {
    let pattern = folded.bytes
    let text = text.bytes
    var (place, index) = (0, 0)
    // Behind the last star, and where what it does not stand for begins.
    var retry: (place: Int, index: Int)?
    while index < text.count {
      if place < pattern.count, pattern[place] == Self.star {
        place += 1
        retry = (place, index)
      } else if place < pattern.count, pattern[place] == text[index] {
        place += 1
        index += 1
      } else if let last = retry {
        (place, index) = (last.place, last.index + 1)
        retry = (place, index)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == Self.star }
  }

  private static let star = UInt8(ascii: "*")
}

/// A text as patterns see it: UTF-8 of its letters in lower case, by Unicode and not by language.
struct FoldedText: Sendable, Hashable {
  let bytes: [UInt8]

  init(_ text: String) {
    bytes = Array(text.lowercased().utf8)
  }
}
