/// Which texts a parser takes.
public enum JSONDialect: Sendable, Hashable {
  /// RFC 8259 and nothing more: what programs write.
  case strict
  /// JSON5: comments, trailing commas, single quotes, bare names, hexadecimal, Infinity, NaN: what people write.
  case json5
}

/// What a parser will not go beyond, whatever the text.
public struct JSONLimits: Sendable, Hashable {
  /// Bytes of text.
  public var bytes: Int
  /// Arrays and objects inside one another.
  ///
  /// The parser recurses once for each.
  public var depth: Int

  /// Limits; the defaults leave room for any configuration or vector file a person would open.
  public init(bytes: Int = 64 << 20, depth: Int = 64) {
    self.bytes = bytes
    self.depth = depth
  }
}
