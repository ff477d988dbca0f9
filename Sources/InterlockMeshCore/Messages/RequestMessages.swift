internal import InterlockWire

/// The plaintext of a REQ.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 4 | timestamp; the answer's tag |
/// | 4 | 1 | what is asked for |
/// | 5 | | parameters |
public struct RequestMessage: Sendable, Hashable {
  /// What can be asked for.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// The number on the air.
    public let rawValue: UInt8

    /// The kind of a number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Counters and levels.
    public static let status = Kind(rawValue: 1)
    /// That the connection be kept.
    public static let keepAlive = Kind(rawValue: 2)
    /// Sensor readings.
    public static let telemetry = Kind(rawValue: 3)
    /// Who may do what.
    public static let accessList = Kind(rawValue: 5)
    /// Which nodes are near.
    public static let neighbours = Kind(rawValue: 6)
    /// Who runs the node.
    public static let ownerInfo = Kind(rawValue: 7)
  }

  /// When it was asked, Unix seconds by the sender's clock.
  public var timestamp: UInt32
  /// What is asked for.
  public var kind: Kind
  /// How, in a form the kind decides.
  ///
  /// Read from a padded plaintext, the padding is included.
  public var parameters: [UInt8]

  /// A request.
  public init(timestamp: UInt32, kind: Kind, parameters: [UInt8] = []) {
    self.timestamp = timestamp
    self.kind = kind
    self.parameters = parameters
  }

  /// Reads a plaintext; nil when it ends before the parameters.
  public init?(parsing plaintext: [UInt8]) {
    var reader = ByteReader(plaintext)
    guard let timestamp = reader.uint32(), let kind = reader.uint8() else { return nil }
    self.init(
      timestamp: timestamp, kind: Kind(rawValue: kind), parameters: Array(reader.takeRest()))
  }

  /// The plaintext, without padding.
  public var plaintext: [UInt8] {
    var writer = ByteWriter(capacity: 5 + parameters.count)
    writer.uint32(timestamp)
    writer.uint8(kind.rawValue)
    writer.append(parameters)
    return writer.bytes
  }
}

/// The plaintext of a RESPONSE: the tag of what it answers, then data.
public struct ResponseMessage: Sendable, Hashable {
  /// Usually the request's timestamp.
  public var tag: UInt32
  /// The answer.
  ///
  /// Read from a padded plaintext, the padding is included.
  public var data: [UInt8]

  /// An answer.
  public init(tag: UInt32, data: [UInt8]) {
    self.tag = tag
    self.data = data
  }

  /// Reads a plaintext; nil when it ends inside the tag.
  public init?(parsing plaintext: [UInt8]) {
    var reader = ByteReader(plaintext)
    guard let tag = reader.uint32() else { return nil }
    self.init(tag: tag, data: Array(reader.takeRest()))
  }

  /// The plaintext, without padding.
  public var plaintext: [UInt8] {
    var writer = ByteWriter(capacity: 4 + data.count)
    writer.uint32(tag)
    writer.append(data)
    return writer.bytes
  }
}
