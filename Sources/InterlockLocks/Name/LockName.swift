@_spi(_Unicode) internal import Swift

/// The name of what is locked.
///
/// Any text of 1 to 512 bytes without U+0000. Two spellings of one text, as *é* composed and decomposed, are one name: it
/// is kept in Unicode's form NFC. Nothing in it has a meaning to whoever stores it: slashes, colons, stars, braces and
/// line ends are only characters.
///
/// ```swift
/// let plant: LockName = "inverter_read"
/// let run = try LockName(userInput)
/// ```
///
/// *Source:* Unicode Standard Annex #15, for NFC.
public struct LockName: Sendable, Hashable {
  /// The largest number of bytes.
  public static let longest = 512

  /// The text, in NFC.
  public let text: String
  /// Tells texts apart; made once, since a name is looked up several times for each grant.
  let digest: Int
  private let isASCII: Bool
  /// Spreads names over a few places, alike in every process; those that belong together differ at their ends.
  let spread: Int

  /// Takes a name from anywhere.
  ///
  /// - Throws: ``LockError/Reason/invalidName(_:)`` when it is empty, too long, or has U+0000.
  public init(_ text: some StringProtocol) throws(LockError) {
    try self.init(anySpelling: String(text))
  }

  private init(anySpelling text: String) throws(LockError) {
    try self.init(verbatim: text.utf8Span.isKnownASCII ? text : Self.composed(text))
  }

  /// A name that other software gave, byte for byte: it is not brought into NFC.
  ///
  /// - Throws: ``LockError/Reason/invalidName(_:)`` when it is empty, too long, or has U+0000.
  public init(verbatim text: String) throws(LockError) {
    let bytes = text.utf8Span
    if let fault = Self.fault(in: bytes.span) { throw LockError(name: text, .invalidName(fault)) }
    self.text = text
    digest = text.hashValue
    isASCII = bytes.isKnownASCII
    let (last, before) = (bytes.span.count - 1, max(0, bytes.span.count - 2))
    spread = last &+ 31 &* Int(bytes.span[last]) &+ 7 &* Int(bytes.span[before])
  }

  /// Whether they have the same bytes.
  public static func == (left: LockName, right: LockName) -> Bool {
    // Texts are equal in any spelling, and where there is but one that is all.
    left.digest == right.digest && left.text == right.text
      && (left.isASCII || left.text.utf8.elementsEqual(right.text.utf8))
  }

  /// Tells names apart.
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  /// The text in a server's key; see ``NameEncoding``.
  public var key: String { NameEncoding.key(text.utf8) }

  /// The text as the name of one file; see ``NameEncoding``.
  public var file: String { NameEncoding.file(text.utf8) }

  /// Whether this name is `prefix`, or below it: `run-7` has `run-7/x` below it, and not `run-70`.
  public func isBelow(_ prefix: LockName) -> Bool {
    guard text.utf8.starts(with: prefix.text.utf8) else { return false }
    let rest = text.utf8.dropFirst(prefix.text.utf8.count)
    let slash = UInt8(ascii: "/")
    return rest.isEmpty || rest.first == slash || prefix.text.utf8.last == slash
  }

  private static func composed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text._nfc)
    return String(scalars)
  }

  private static func fault(in bytes: Span<UInt8>) -> LockError.NameFault? {
    if bytes.isEmpty { return .empty }
    if bytes.count > longest { return .tooLong(bytes: bytes.count) }
    for index in bytes.indices where bytes[index] == 0 { return .hasNull }
    return nil
  }
}

extension LockName: ExpressibleByStringLiteral {
  /// A name that stands in the program; one that is none stops it.
  public init(stringLiteral text: String) {
    do {
      try self.init(anySpelling: text)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension LockName: CustomStringConvertible {
  /// The text, with what would break a line or a terminal escaped.
  public var description: String { text.escapedForDisplay }
}

extension String {
  /// The text on one line, without characters that move or colour what follows.
  package var escapedForDisplay: String {
    guard unicodeScalars.contains(where: \.isDisruptive) else { return self }
    return unicodeScalars.map { $0.isDisruptive ? $0.escaped(asASCII: true) : String($0) }.joined()
  }
}

extension Unicode.Scalar {
  fileprivate var isDisruptive: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      true
    default: false
    }
  }
}
