internal import InterlockWire

/// The plaintext of a TXT_MSG or a GRP_TXT.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 4 | timestamp, Unix seconds |
/// | 4 | 1 | bits 2–7 type, bits 0–1 attempt |
/// | 5 | 4 | first bytes of the author's key, only in type 2 |
/// | … | | text, ending at the first zero byte or at the end |
public struct TextMessage: Sendable, Hashable {
  /// What a text is for.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// The number on the air, 0…63.
    public let rawValue: UInt8

    /// The kind of a number, of which the low six bits count.
    public init(rawValue: UInt8) { self.rawValue = rawValue & 63 }

    /// Something to read.
    public static let plain = Kind(rawValue: 0)
    /// The answer to a command.
    public static let commandOutput = Kind(rawValue: 1)
    /// Something to read that names its author, passed on by a room server.
    public static let signed = Kind(rawValue: 2)
    /// A command for the addressee.
    public static let command = Kind(rawValue: 3)
  }

  /// The longest text, in bytes.
  public static let maximumTextBytes = 160
  /// Bytes of the author's key in a signed text.
  public static let authorBytes = 4

  /// When it was written, Unix seconds by the sender's clock.
  public var timestamp: UInt32
  /// What it is for.
  public var kind: Kind
  /// Which attempt to send it this is, 0…3.
  public var attempt: UInt8
  /// First bytes of the author's key, in a signed text only.
  public var author: [UInt8]
  /// The text as it was sent; not every sender's is valid UTF-8.
  public var textBytes: [UInt8]

  /// A text; cut to ``maximumTextBytes`` at a character's boundary.
  public init(timestamp: UInt32, kind: Kind = .plain, attempt: UInt8 = 0, text: String) {
    self.timestamp = timestamp
    self.kind = kind
    self.attempt = attempt & 3
    author = []
    textBytes = UTF8Prefix.of(text, atMost: Self.maximumTextBytes)
  }

  /// Reads a plaintext, with or without its padding; nil when it ends before the text.
  public init?(parsing plaintext: [UInt8]) {
    var reader = ByteReader(plaintext)
    guard let timestamp = reader.uint32(), let flags = reader.uint8() else { return nil }
    self.timestamp = timestamp
    kind = Kind(rawValue: flags >> 2)
    attempt = flags & 3
    author = []
    if kind == .signed {
      guard let prefix = reader.bytes(Self.authorBytes) else { return nil }
      author = Array(prefix)
    }
    textBytes = Array(reader.rest.prefix { $0 != 0 })
  }

  /// The text, with what is not valid UTF-8 replaced.
  public var text: String { String(decoding: textBytes, as: UTF8.self) }

  /// Type and attempt in one byte.
  public var flags: UInt8 { kind.rawValue << 2 | attempt & 3 }

  /// The plaintext, without padding.
  public var plaintext: [UInt8] {
    var writer = ByteWriter(capacity: 9 + textBytes.count)
    writer.uint32(timestamp)
    writer.uint8(flags)
    writer.append(author)
    writer.append(textBytes)
    return writer.bytes
  }

  /// What the addressee acknowledges this text with.
  ///
  /// - Parameter sender: The key of the node that sent the text.
  /// - Returns: The four bytes of the acknowledgement.
  public func acknowledgement(from sender: PublicKey) -> Acknowledgement {
    Acknowledgement(
      timestamp: timestamp, flags: flags, text: author + textBytes, sender: sender)
  }
}
