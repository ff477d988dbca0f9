internal import InterlockWire

/// Why a stored access list cannot be read.
public enum AccessListError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It does not begin like one, or is of another version.
  case notAnAccessList
  /// It ends too early, goes on too long, or an entry makes no sense.
  case damaged(offset: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notAnAccessList:
      "this is not an access list of version 1; move the file away to begin with an empty one"
    case .damaged(let offset):
      "the access list is damaged at byte \(offset); move the file away to begin with an empty one"
    }
  }
}

/// How the list is stored. Secrets are not: they follow from the keys.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 5 | `ILAC`, version 1 |
/// | 5 | 4 | floor |
/// | 9 | 1 | clients, least recently active first, each: |
/// | | 32 | key |
/// | | 1 | permissions |
/// | | 4 | last timestamp |
/// | | 1 | path length byte, 0xFF for none |
/// | | | path |
extension AccessList {
  private static let magic: [UInt8] = [0x49, 0x4C, 0x41, 0x43, 1]
  /// A path length byte that no path has.
  private static let noPath: UInt8 = 0xFF

  /// The list as bytes, the same for the same list.
  public var stored: [UInt8] {
    var writer = ByteWriter(capacity: 10 + clients.count * 48)
    writer.append(Self.magic)
    writer.uint32(floor)
    writer.uint8(UInt8(clients.count))
    for client in clients.sorted(by: { $0.activity < $1.activity }) {
      writer.append(client.key.bytes)
      writer.uint8(client.permissions.rawValue)
      writer.uint32(client.lastTimestamp)
      writer.uint8(client.outPath?.field.rawValue ?? Self.noPath)
      writer.append(client.outPath?.hops ?? [])
    }
    return writer.bytes
  }

  /// Reads a stored list.
  ///
  /// - Parameters:
  ///   - stored: The bytes.
  ///   - identity: The node's key, from which the secrets follow.
  /// - Throws: Where the bytes stop making sense; nothing is half read.
  public init(stored: [UInt8], identity: Identity) throws(AccessListError) {
    self.init()
    var reader = ByteReader(stored)
    guard let magic = reader.bytes(Self.magic.count), magic.elementsEqual(Self.magic) else {
      throw .notAnAccessList
    }
    func damaged() -> AccessListError { .damaged(offset: stored.count - reader.remaining) }
    guard let floor = reader.uint32(), let count = reader.uint8(), count <= Self.capacity else {
      throw damaged()
    }
    self.floor = floor
    for _ in 0..<count {
      guard let key = reader.bytes(PublicKey.byteCount).flatMap({ PublicKey($0) }),
        let secret = identity.sharedSecret(with: key), self[key] == nil,
        let permissions = reader.uint8(), let timestamp = reader.uint32(),
        let lengthByte = reader.uint8()
      else { throw damaged() }
      var path: KnownPath?
      if lengthByte != Self.noPath {
        let field = PathField(rawValue: lengthByte)
        guard let hops = reader.bytes(field.byteCount) else { throw damaged() }
        path = KnownPath(field: field, hops: hops)
        guard path != nil else { throw damaged() }
      }
      _ = insert(
        AccessClient(
          key: key, permissions: Permissions(rawValue: permissions), lastTimestamp: timestamp,
          outPath: path, secret: secret))
    }
    guard reader.remaining == 0 else { throw damaged() }
  }
}
