/// Why a region cannot be.
public enum RegionError: Error, Sendable, Hashable {
  /// The name is empty.
  case emptyName
  /// The name is longer than a region's may be.
  case nameTooLong(String)
  /// The name has a byte that no name may have.
  case forbiddenCharacter(String, UInt8)
  /// A private region has no key, or one of another length than 16 bytes.
  case privateKeyNeeded(String)
  /// A public region's key follows from its name; none may be given.
  case keyNotAllowed(String)
  /// The region is in the table already.
  case duplicate(String)
  /// The table has as many regions as it may.
  case tableFull(Int)
}

extension RegionError: CustomStringConvertible {
  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .emptyName: "a region needs a name"
    case .nameTooLong(let name):
      "the region name “\(name)” has \(name.utf8.count) bytes; at most \(Region.maximumNameBytes) are allowed"
    case .forbiddenCharacter(let name, let byte):
      "the region name “\(name)” has the byte 0x\(String(byte, radix: 16)); letters, digits, -, # and $ are allowed"
    case .privateKeyNeeded(let name):
      "the private region “\(name)” needs a key of \(Region.keyBytes) bytes"
    case .keyNotAllowed(let name):
      "the region “\(name)” is public, so its key follows from its name; begin the name with $ for a private one"
    case .duplicate(let name): "the region “\(name)” is configured twice"
    case .tableFull(let limit): "more than \(limit) regions are configured"
    }
  }
}
