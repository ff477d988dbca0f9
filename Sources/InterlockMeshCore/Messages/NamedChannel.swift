/// A channel the node has the key of, under the name its operator knows it by.
public struct NamedChannel: Sendable {
  /// Channels a node may know: as many as MeshCore's largest companion devices.
  public static let maximumCount = 40
  /// The longest name, in bytes: as much as a MeshCore device has room for.
  public static let maximumNameBytes = 32

  /// Its name.
  public let name: String
  /// Its key.
  public let channel: Channel

  /// The channel with a key of 16 or 32 bytes; nil for any other length.
  public init?(_ name: String, key: [UInt8]) {
    guard let channel = Channel(key: key) else { return nil }
    self.name = name
    self.channel = channel
  }
}
