internal import InterlockWire

/// What a node says about itself in an advert.
///
/// | Size | Field | Present if flags has |
/// | --- | --- | --- |
/// | 1 | flags; low four bits: node type | always |
/// | 4 + 4 | latitude, longitude: signed, degrees × 1 000 000 | 0x10 |
/// | 2 | feature 1 | 0x20 |
/// | 2 | feature 2 | 0x40 |
/// | rest | name, UTF-8, no terminator | 0x80 |
public struct AdvertData: Sendable, Hashable {
  /// The most bytes of app data that count: what is beyond is neither signed nor read.
  public static let maximumBytes = 32

  /// Where a node is.
  public struct Location: Sendable, Hashable {
    /// Degrees north × 1 000 000.
    public var latitudeE6: Int32
    /// Degrees east × 1 000 000.
    public var longitudeE6: Int32

    /// A place.
    public init(latitudeE6: Int32, longitudeE6: Int32) {
      self.latitudeE6 = latitudeE6
      self.longitudeE6 = longitudeE6
    }
  }

  /// What the node is.
  public var nodeType: NodeType
  /// Where it is.
  public var location: Location?
  /// The first field kept for later use.
  public var feature1: UInt16?
  /// The second field kept for later use.
  public var feature2: UInt16?
  /// Its name as it was sent, not necessarily valid UTF-8.
  public var nameBytes: [UInt8]?
  /// Whether everything the flags promise was there.
  ///
  /// If not, what was missing has been read as zeros: the packet may be passed on, but nothing in
  /// it is to be shown or kept.
  public private(set) var isComplete = true

  private enum Flag {
    static let location: UInt8 = 0x10
    static let feature1: UInt8 = 0x20
    static let feature2: UInt8 = 0x40
    static let name: UInt8 = 0x80
  }

  /// What a node says about itself.
  ///
  /// The name is cut, at a character's boundary, to what fits.
  public init(
    nodeType: NodeType, location: Location? = nil, feature1: UInt16? = nil,
    feature2: UInt16? = nil, name: String? = nil
  ) {
    self.nodeType = nodeType
    self.location = location
    self.feature1 = feature1
    self.feature2 = feature2
    let taken =
      1 + (location == nil ? 0 : 8) + (feature1 == nil ? 0 : 2) + (feature2 == nil ? 0 : 2)
    nameBytes = name.map { UTF8Prefix.of($0, atMost: Self.maximumBytes - taken) }
  }

  /// Reads the first ``maximumBytes`` of app data; nil when there is none.
  public init?(parsing appData: ArraySlice<UInt8>) {
    var reader = ByteReader(appData.prefix(Self.maximumBytes))
    guard let flags = reader.uint8() else { return nil }
    nodeType = NodeType(rawValue: flags)
    if flags & Flag.location != 0 {
      let latitude = reader.int32OrZeros(&isComplete)
      location = Location(latitudeE6: latitude, longitudeE6: reader.int32OrZeros(&isComplete))
    }
    if flags & Flag.feature1 != 0 {
      feature1 = UInt16(truncatingIfNeeded: reader.zeroFilled(2, &isComplete))
    }
    if flags & Flag.feature2 != 0 {
      feature2 = UInt16(truncatingIfNeeded: reader.zeroFilled(2, &isComplete))
    }
    if flags & Flag.name != 0 { nameBytes = Array(reader.takeRest()) }
  }

  /// The first byte of the app data.
  public var flags: UInt8 {
    nodeType.rawValue | (location == nil ? 0 : Flag.location)
      | (feature1 == nil ? 0 : Flag.feature1) | (feature2 == nil ? 0 : Flag.feature2)
      | (nameBytes == nil ? 0 : Flag.name)
  }

  /// The name, if it is valid UTF-8.
  public var name: String? { nameBytes.flatMap { String(validating: $0, as: UTF8.self) } }

  /// The app data that says this, at most ``maximumBytes``.
  public var encoded: [UInt8] {
    var writer = ByteWriter(capacity: Self.maximumBytes)
    writer.uint8(flags)
    if let location {
      writer.int32(location.latitudeE6)
      writer.int32(location.longitudeE6)
    }
    if let feature1 { writer.uint16(feature1) }
    if let feature2 { writer.uint16(feature2) }
    if let nameBytes { writer.append(nameBytes.prefix(Self.maximumBytes - writer.bytes.count)) }
    return writer.bytes
  }
}

extension ByteReader {
  /// The next `count` bytes as a number, with zeros for those that are missing.
  fileprivate mutating func zeroFilled(_ count: Int, _ isComplete: inout Bool) -> UInt64 {
    if remaining < count { isComplete = false }
    let field = bytes(min(count, remaining)) ?? []
    return field.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  fileprivate mutating func int32OrZeros(_ isComplete: inout Bool) -> Int32 {
    Int32(truncatingIfNeeded: zeroFilled(4, &isComplete))
  }
}
