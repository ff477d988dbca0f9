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

  /// Takes a name from anywhere.
  ///
  /// - Throws: ``LockError/Reason/invalidName(_:)`` when it is empty, too long, or has U+0000.
  public init(_ text: some StringProtocol) throws(LockError) {
    let composed = Self.composed(text)
    if let fault = Self.fault(in: composed) {
      throw LockError(name: composed, .invalidName(fault))
    }
    self.text = composed
  }

  /// A name that other software gave, byte for byte: it is not brought into NFC.
  ///
  /// - Throws: ``LockError/Reason/invalidName(_:)`` when it is empty, too long, or has U+0000.
  public init(verbatim text: String) throws(LockError) {
    if let fault = Self.fault(in: text) { throw LockError(name: text, .invalidName(fault)) }
    self.text = text
  }

  /// Whether they have the same bytes.
  public static func == (left: LockName, right: LockName) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Tells names apart.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }

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

  private static func composed(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return String(text) }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: String(text)._nfc)
    return String(scalars)
  }

  private static func fault(in text: String) -> LockError.NameFault? {
    let bytes = text.utf8
    if bytes.isEmpty { return .empty }
    if bytes.count > longest { return .tooLong(bytes: bytes.count) }
    return bytes.contains(0) ? .hasNull : nil
  }
}

extension LockName: ExpressibleByStringLiteral {
  /// A name that stands in the program; one that is none stops it.
  public init(stringLiteral text: String) {
    do {
      try self.init(text)
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
