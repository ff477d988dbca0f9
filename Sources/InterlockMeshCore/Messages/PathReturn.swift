internal import InterlockWire

/// The plaintext of a PATH: the way a flood came, for its sender to use from now on.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | path length byte |
/// | 1 | | path |
/// | … | 1 | type of the extra, low four bits |
/// | … | | extra |
public struct PathReturn: Sendable, Hashable {
  /// The extra type byte that says: nothing but random bytes, four from the firmware, that make this
  /// packet unlike another.
  public static let noExtra: UInt8 = 0xFF

  /// Hop count and hash size.
  public var pathField: PathField
  /// The hops, in the order the flood passed them.
  public var path: [UInt8]
  /// The whole type byte of the extra; see ``extraType``.
  public var extraTypeByte: UInt8
  /// An acknowledgement, a response, or random bytes.
  ///
  /// Read from a padded plaintext, padding included.
  public var extra: [UInt8]

  /// A path; nil when the path has another length than its field says.
  public init?(pathField: PathField, path: [UInt8], extraTypeByte: UInt8, extra: [UInt8]) {
    guard !pathField.isReserved, pathField.byteCount <= PathField.maximumBytes,
      path.count == pathField.byteCount
    else { return nil }
    self.pathField = pathField
    self.path = path
    self.extraTypeByte = extraTypeByte
    self.extra = extra
  }

  /// Reads a plaintext; nil when its path is not valid or it ends before the extra.
  public init?(parsing plaintext: [UInt8]) {
    var reader = ByteReader(plaintext)
    guard let field = reader.uint8().map(PathField.init(rawValue:)),
      let path = reader.bytes(field.byteCount), let type = reader.uint8()
    else { return nil }
    self.init(
      pathField: field, path: Array(path), extraTypeByte: type, extra: Array(reader.takeRest()))
  }

  /// What the extra is; of no meaning when the type byte is ``noExtra``.
  public var extraType: PayloadType { PayloadType(rawValue: extraTypeByte) }

  /// Whether there is an extra with a meaning.
  public var hasExtra: Bool { extraTypeByte != Self.noExtra }

  /// The plaintext, without padding.
  public var plaintext: [UInt8] { [pathField.rawValue] + path + [extraTypeByte] + extra }
}
