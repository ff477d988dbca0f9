public import Interlock

/// Something people or repeaters of a simulated mesh did, in a form that can be shown.
public struct MeshHappening: Sendable, Hashable, CustomStringConvertible {
  /// What was done.
  public enum Kind: Sendable, Hashable {
    /// Said something to everybody.
    case said(String)
    /// Sent a message to somebody, through so many repeaters.
    case wrote(to: String, String, hops: Int)
    /// Read a message from somebody, for the first time.
    case read(from: String)
    /// Learned that a message arrived.
    case acknowledged(by: String)
    /// Probed a path through so many repeaters, counted there and back.
    case probed(hops: Int)
    /// Got a probe back.
    case probeReturned
    /// Announced itself, to its neighbours or to everybody.
    case announced(toAll: Bool)
  }

  /// When.
  public let at: Instant
  /// Who.
  public let name: String
  /// What.
  public let kind: Kind

  /// Who did what.
  public var description: String {
    switch kind {
    case .said(let text): "\(name) says: \(text)"
    case .wrote(let reader, let text, let hops):
      "\(name) writes to \(reader) over \(hops) repeaters: \(text)"
    case .read(let writer): "\(name) reads the message from \(writer)"
    case .acknowledged(let reader): "\(name) learns that \(reader) got the message"
    case .probed(let hops): "\(name) probes a path of \(hops) hops"
    case .probeReturned: "\(name) gets its probe back"
    case .announced(toAll: true): "\(name) announces itself to everybody"
    case .announced(toAll: false): "\(name) announces itself to its neighbours"
    }
  }
}
