/// What this node can open: the packets that are for it and no other.
///
/// A packet names its addressee by one byte, and other nodes share that byte. So a packet counts as
/// this node's own only when its code verifies under a secret this node shares with the sender.
public struct LocalRecipient: Sendable {
  /// Peers whose messages are recognised; more are ignored.
  public static let maximumPeers = 64

  private let identity: Identity
  private var peers: [(hash: UInt8, secret: MessageSecret)] = []

  /// Makes a recipient that opens anonymous requests, and messages of `peers`.
  public init(identity: Identity, peers: [PublicKey] = []) {
    self.identity = identity
    for peer in peers.prefix(Self.maximumPeers) {
      guard let secret = identity.sharedSecret(with: peer) else { continue }
      self.peers.append((peer.hash, secret))
    }
  }

  /// Whether a packet that names this node opens; an anonymous request costs one key agreement.
  func opens(_ packet: Packet) -> Bool {
    switch packet.payloadType {
    case .request, .response, .text, .path:
      guard let envelope = Envelope(parsing: packet.payload) else { return false }
      return peers.contains {
        $0.hash == envelope.source && $0.secret.open(envelope.sealed) != nil
      }
    case .anonymousRequest:
      guard let envelope = AnonymousEnvelope(parsing: packet.payload) else { return false }
      return identity.sharedSecret(with: envelope.sender)?.open(envelope.sealed) != nil
    default:
      return false
    }
  }
}

extension Packet {
  /// Whether it names a node as its addressee, by the byte that others share.
  func isPossibly(for key: PublicKey) -> Bool {
    switch payloadType {
    case .request, .response, .text, .path, .anonymousRequest: payloadByte(0) == key.hash
    default: false
    }
  }
}
