internal import InterlockWire

/// The payload of a CONTROL that asks neighbours who they are.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | 0x80, bit 0: answer with a key prefix only |
/// | 1 | 1 | bit n: nodes of type n are meant |
/// | 2 | 4 | tag for the answers |
/// | 6 | 4 | optional: answer only if something changed at or after this time |
public struct DiscoveryRequest: Sendable, Hashable {
  /// The high nibble of the first byte.
  public static let subtype: UInt8 = 0x80

  /// Whether eight bytes of key are enough.
  public var wantsPrefixOnly: Bool
  /// Bit n: nodes of type n are meant.
  public var filter: UInt8
  /// What the answers repeat.
  public var tag: UInt32
  /// Unix seconds; nodes whose discovery data is older stay silent.
  public var since: UInt32?

  /// A request.
  public init(wantsPrefixOnly: Bool = false, filter: UInt8, tag: UInt32, since: UInt32? = nil) {
    self.wantsPrefixOnly = wantsPrefixOnly
    self.filter = filter
    self.tag = tag
    self.since = since
  }

  /// Reads a payload; nil when it is another or ends too early.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let first = reader.uint8(), first & 0xF0 == Self.subtype, let filter = reader.uint8(),
      let tag = reader.uint32()
    else { return nil }
    self.init(
      wantsPrefixOnly: first & 1 == 1, filter: filter, tag: tag, since: reader.uint32())
  }

  /// Whether nodes of this type are meant.
  public func asksFor(_ type: NodeType) -> Bool {
    type.rawValue < 8 && filter >> type.rawValue & 1 == 1
  }

  /// The payload that says this.
  public var payload: [UInt8] {
    var writer = ByteWriter(capacity: 10)
    writer.uint8(Self.subtype | (wantsPrefixOnly ? 1 : 0))
    writer.uint8(filter)
    writer.uint32(tag)
    if let since { writer.uint32(since) }
    return writer.bytes
  }
}

/// The payload of a CONTROL that answers a discovery request.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | 0x90, low nibble: type of the node that answers |
/// | 1 | 1 | signal-to-noise ratio of the request × 4, signed |
/// | 2 | 4 | the request's tag |
/// | 6 | 32 or 8 | public key, or its first bytes |
public struct DiscoveryResponse: Sendable, Hashable {
  /// The high nibble of the first byte.
  public static let subtype: UInt8 = 0x90
  /// Bytes of key in a short answer.
  public static let prefixBytes = 8

  /// What kind of node answers.
  public var nodeType: NodeType
  /// How well it heard the request, in quarters of a decibel.
  public var snrQuarterDB: Int8
  /// The request's tag.
  public var tag: UInt32
  /// The node's key, or its first eight bytes.
  public var key: [UInt8]

  /// An answer.
  public init(
    nodeType: NodeType, snrQuarterDB: Int8, tag: UInt32, key: PublicKey, prefixOnly: Bool
  ) {
    self.nodeType = nodeType
    self.snrQuarterDB = snrQuarterDB
    self.tag = tag
    self.key = Array(key.bytes.prefix(prefixOnly ? Self.prefixBytes : PublicKey.byteCount))
  }

  /// Reads a payload; nil when it is another or ends before the key does.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let first = reader.uint8(), first & 0xF0 == Self.subtype, let snr = reader.uint8(),
      let tag = reader.uint32()
    else { return nil }
    guard let key = reader.bytes(PublicKey.byteCount) ?? reader.bytes(Self.prefixBytes) else {
      return nil
    }
    nodeType = NodeType(rawValue: first)
    snrQuarterDB = Int8(bitPattern: snr)
    self.tag = tag
    self.key = Array(key)
  }

  /// The whole key, if the answer brought it.
  public var publicKey: PublicKey? { PublicKey(key) }

  /// The payload that says this.
  public var payload: [UInt8] {
    var writer = ByteWriter(capacity: 6 + key.count)
    writer.uint8(Self.subtype | nodeType.rawValue)
    writer.uint8(UInt8(bitPattern: snrQuarterDB))
    writer.uint32(tag)
    writer.append(key)
    return writer.bytes
  }
}
