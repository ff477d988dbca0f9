/// What a client of the remote administration may do, as one byte.
public struct Permissions: RawRepresentable, Sendable, Hashable {
  /// The low two bits.
  public enum Role: UInt8, Sendable, Hashable, CaseIterable {
    /// May ask for readings.
    case guest
    /// May read what is stored, on nodes that store something.
    case readOnly
    /// May also write it.
    case readWrite
    /// May do everything.
    case admin
  }

  /// The byte on the air.
  public let rawValue: UInt8

  /// Takes the byte as it is.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The permissions of a role, with no further bits.
  public init(_ role: Role) { rawValue = role.rawValue }

  /// What the low two bits say.
  public var role: Role { Role(rawValue: rawValue & 3) ?? .guest }

  /// Whether commands are carried out.
  public var isAdmin: Bool { role == .admin }

  /// The same further bits with another role.
  func with(_ role: Role) -> Permissions { Permissions(rawValue: rawValue & ~3 | role.rawValue) }
}
