internal import InterlockWire

/// The plaintext of an ANON_REQ: a login, or a question anyone may ask.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 4 | timestamp |
/// | 4 | | a password (its first byte is 0 or at least 0x20), ending at the first zero byte |
/// | 4 | 1 | or: what is asked, 1…31 |
/// | 5 | 1 | and the path length byte of the way back |
/// | 6 | | and the way back |
public struct AnonymousRequest: Sendable, Hashable {
  /// What a node that is not known may want.
  public enum Content: Sendable, Hashable {
    /// To be let in.
    case login(password: [UInt8])
    /// To be told something, along this path.
    case question(Question, replyPath: PathField, path: [UInt8])
  }

  /// What can be asked without logging in; answered on direct routes only.
  public struct Question: RawRepresentable, Sendable, Hashable {
    /// The number on the air, 1…31.
    public let rawValue: UInt8

    /// The question of a number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Which regions it repeats.
    public static let regions = Question(rawValue: 1)
    /// Who runs the node.
    public static let owner = Question(rawValue: 2)
    /// Its clock and what it can do.
    public static let clock = Question(rawValue: 3)
  }

  /// When it was sent, Unix seconds by the sender's clock.
  public var timestamp: UInt32
  /// What is wanted.
  public var content: Content

  /// A request.
  public init(timestamp: UInt32, content: Content) {
    self.timestamp = timestamp
    self.content = content
  }

  /// Reads a plaintext, with or without its padding; nil when it ends before its content does.
  public init?(parsing plaintext: [UInt8]) {
    var reader = ByteReader(plaintext)
    guard let timestamp = reader.uint32() else { return nil }
    let first = reader.rest.first ?? 0
    if first == 0 || first >= 0x20 {
      self.init(
        timestamp: timestamp, content: .login(password: Array(reader.rest.prefix { $0 != 0 })))
      return
    }
    _ = reader.uint8()
    guard let field = reader.uint8().map(PathField.init(rawValue:)), !field.isReserved,
      field.byteCount <= PathField.maximumBytes, let path = reader.bytes(field.byteCount)
    else { return nil }
    self.init(
      timestamp: timestamp,
      content: .question(Question(rawValue: first), replyPath: field, path: Array(path)))
  }

  /// The plaintext, without padding.
  public var plaintext: [UInt8] {
    var writer = ByteWriter(capacity: 24)
    writer.uint32(timestamp)
    switch content {
    case .login(let password): writer.append(password)
    case .question(let question, let field, let path):
      writer.uint8(question.rawValue)
      writer.uint8(field.rawValue)
      writer.append(path)
    }
    return writer.bytes
  }
}
