/// A packet the remote administration wants sent.
public struct AdminReply: Sendable, Hashable {
  /// How it travels.
  public enum Travel: Sendable, Hashable {
    /// To the whole mesh.
    case flood(hashSize: Int, AdminTask.Scope)
    /// Along a path.
    case direct(KnownPath)
  }

  /// What it is.
  public var type: PayloadType
  /// What it carries.
  public var payload: [UInt8]
  /// How it travels.
  public var travel: Travel
  /// How long it waits before it is sent, so that what it answers has left the air.
  public var delay: Duration
}
