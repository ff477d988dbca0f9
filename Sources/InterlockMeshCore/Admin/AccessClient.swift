/// A node that has logged in, and what is remembered of it.
public struct AccessClient: Sendable {
  /// Its key.
  public let key: PublicKey
  /// What it may do.
  public internal(set) var permissions: Permissions
  /// The timestamp of its last message; only later ones are taken.
  public internal(set) var lastTimestamp: UInt32
  /// The way to it, once it has told one.
  public internal(set) var outPath: KnownPath?
  /// The secret it shares with this node.
  let secret: MessageSecret
  /// Grows with each message of any client: the smallest is the least recently active.
  var activity: UInt64 = 0

  init(
    key: PublicKey, permissions: Permissions, lastTimestamp: UInt32, outPath: KnownPath? = nil,
    secret: MessageSecret
  ) {
    self.key = key
    self.permissions = permissions
    self.lastTimestamp = lastTimestamp
    self.outPath = outPath
    self.secret = secret
  }
}
