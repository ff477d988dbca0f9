/// Something a client of the remote administration wants, after every check of who it is.
///
/// Whoever owns the machine works out the answer, and hands it back with the task.
public struct AdminTask: Sendable, Hashable {
  /// What is wanted.
  public enum Work: Sendable, Hashable {
    /// To be told that the login went well.
    case login(Permissions)
    /// An answer to what anyone may ask.
    case question(AnonymousRequest.Question)
    /// Counters and levels.
    case status
    /// Sensor readings.
    case telemetry
    /// Who may do what.
    case accessList
    /// Which repeaters are near.
    case neighbours(NeighbourQuery)
    /// Who runs the node.
    case ownerInfo
    /// That a command be carried out; only administrators get this far.
    case command(String)
  }

  /// The way the answer takes.
  public enum Way: Sendable, Hashable {
    /// As a flood that tells the way the request came.
    case pathReturn(KnownPath)
    /// Along a path.
    case along(KnownPath)
    /// As a flood.
    case flood
  }

  /// Which region a flooded answer is bound to.
  public enum Scope: Sendable, Hashable {
    /// That of the node's own floods.
    case standard
    /// None, like the request.
    case unscoped
    /// That of the request, by name.
    case region(String)
  }

  /// What is wanted.
  public var work: Work
  /// Who wants it.
  public var client: PublicKey
  /// The timestamp of the request; answers repeat it.
  public var tag: UInt32
  /// The way the answer takes.
  public var way: Way
  /// Bytes that name a hop in a flooded answer, 1…3.
  public var hashSize: Int
  /// Which region a flooded answer is bound to.
  public var scope: Scope = .standard

  /// The most plaintext bytes that fit a payload with its envelope.
  static let maximumPlaintextBytes =
    (Packet.maximumPayloadBytes - 2 - MessageSecret.macBytes) / 16 * 16

  /// Bytes of an answer that fit after the tag.
  public var room: Int {
    let tagBytes = 4
    guard case .pathReturn(let path) = way else { return Self.maximumPlaintextBytes - tagBytes }
    return Self.maximumPlaintextBytes - tagBytes - 2 - path.hops.count
  }
}
