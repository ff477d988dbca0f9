internal import InterlockMeshCore

/// Keys that open messages.
struct DecodeKeys: Sendable {
  /// The channel every device knows; what is said on it is no secret.
  static let publicChannel = Channel(key: ChannelKey.everyone)

  private let channels: [Channel]
  private let identity: Identity?
  private let peers: [PublicKey]

  /// Makes a set of keys; the public channel's is always among them.
  init(channels: [[UInt8]] = [], identity: Identity? = nil, peers: [PublicKey] = []) {
    self.channels =
      [Self.publicChannel].compactMap(\.self) + channels.compactMap { Channel(key: $0) }
    self.identity = identity
    self.peers = peers
  }

  /// The plaintext of a message to a channel whose key is known.
  func open(_ envelope: ChannelEnvelope) -> [UInt8]? {
    for channel in channels {
      if let plaintext = envelope.opened(by: channel) { return plaintext }
    }
    return nil
  }

  /// The plaintext of a message between the identity and one of the peers, in either direction.
  func open(_ envelope: Envelope) -> [UInt8]? {
    guard let identity else { return nil }
    for peer in peers {
      let ends: Set = [peer.hash, identity.publicKey.hash]
      guard ends == [envelope.source, envelope.destination] else { continue }
      if let plaintext = identity.sharedSecret(with: peer)?.open(envelope.sealed) {
        return plaintext
      }
    }
    return nil
  }

  /// The plaintext of a request to the identity.
  func open(_ envelope: AnonymousEnvelope) -> [UInt8]? {
    guard let identity, identity.publicKey.hash == envelope.destination else { return nil }
    return identity.sharedSecret(with: envelope.sender)?.open(envelope.sealed)
  }
}
