internal import InterlockWire

/// The payload of a MULTIPART: a payload of another type, and how many copies are still to come.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | high nibble: parts still to come; low nibble: inner payload type |
/// | 1 | | inner payload |
public struct Multipart: Sendable, Hashable {
  /// Parts still to come, 0…15.
  public var remaining: UInt8
  /// What is inside; only acknowledgements are defined.
  public var innerType: PayloadType
  /// The payload inside.
  public var inner: ArraySlice<UInt8>

  /// A part.
  public init(remaining: UInt8, innerType: PayloadType, inner: [UInt8]) {
    self.remaining = remaining & 15
    self.innerType = innerType
    self.inner = inner[...]
  }

  /// Reads a payload; nil when it is empty.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let first = reader.uint8() else { return nil }
    remaining = first >> 4
    innerType = PayloadType(rawValue: first)
    inner = reader.takeRest()
  }

  /// The acknowledgement inside; nil when something else is, or too little.
  public var acknowledgement: Acknowledgement? {
    innerType == .acknowledgement ? Acknowledgement(parsing: inner) : nil
  }

  /// The payload that says this.
  public var payload: [UInt8] { [remaining << 4 | innerType.rawValue] + inner }
}
