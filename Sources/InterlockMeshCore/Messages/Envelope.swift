internal import InterlockWire

/// What surrounds an encrypted message from one node to another: REQ, RESPONSE, TXT_MSG and PATH.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | first byte of the addressee's key |
/// | 1 | 1 | first byte of the sender's key |
/// | 2 | 2 | MAC |
/// | 4 | n × 16 | ciphertext |
public struct Envelope: Sendable, Hashable {
  /// First byte of the addressee's key.
  ///
  /// One node in 256 shares it: only the MAC tells.
  public var destination: UInt8
  /// First byte of the sender's key.
  public var source: UInt8
  /// MAC and ciphertext, for ``MessageSecret/open(_:)``.
  public var sealed: ArraySlice<UInt8>

  /// Reads a payload; nil unless at least one byte of ciphertext is there.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let destination = reader.uint8(), let source = reader.uint8(),
      reader.remaining > MessageSecret.macBytes
    else { return nil }
    self.destination = destination
    self.source = source
    sealed = reader.takeRest()
  }

  /// Encrypts `plaintext` for `destination`.
  public init(
    sealing plaintext: [UInt8], from source: PublicKey, to destination: PublicKey,
    under secret: MessageSecret
  ) {
    self.destination = destination.hash
    self.source = source.hash
    sealed = secret.seal(plaintext)[...]
  }

  /// The payload that says this.
  public var payload: [UInt8] { [destination, source] + sealed }
}

/// What surrounds a request from a node that the addressee may not know yet: ANON_REQ.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | first byte of the addressee's key |
/// | 1 | 32 | the sender's key |
/// | 33 | 2 | MAC |
/// | 35 | n × 16 | ciphertext |
public struct AnonymousEnvelope: Sendable, Hashable {
  /// First byte of the addressee's key.
  public var destination: UInt8
  /// The sender's key.
  public var sender: PublicKey
  /// MAC and ciphertext, for ``MessageSecret/open(_:)``.
  public var sealed: ArraySlice<UInt8>

  /// Reads a payload; nil unless at least one byte of ciphertext is there.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let destination = reader.uint8(),
      let sender = reader.bytes(PublicKey.byteCount).flatMap({ PublicKey($0) }),
      reader.remaining > MessageSecret.macBytes
    else { return nil }
    self.destination = destination
    self.sender = sender
    sealed = reader.takeRest()
  }

  /// Encrypts `plaintext` for `destination`.
  public init(
    sealing plaintext: [UInt8], from sender: PublicKey, to destination: PublicKey,
    under secret: MessageSecret
  ) {
    self.destination = destination.hash
    self.sender = sender
    sealed = secret.seal(plaintext)[...]
  }

  /// The payload that says this.
  public var payload: [UInt8] { [destination] + sender.bytes + sealed }
}

/// What surrounds a message to all members of a channel: GRP_TXT and GRP_DATA.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 1 | channel hash |
/// | 1 | 2 | MAC |
/// | 3 | n × 16 | ciphertext |
public struct ChannelEnvelope: Sendable, Hashable {
  /// ``Channel/hash`` of the channel.
  public var channelHash: UInt8
  /// MAC and ciphertext, for ``MessageSecret/open(_:)``.
  public var sealed: ArraySlice<UInt8>

  /// Reads a payload; nil unless at least one byte of ciphertext is there.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let channelHash = reader.uint8(), reader.remaining > MessageSecret.macBytes else {
      return nil
    }
    self.channelHash = channelHash
    sealed = reader.takeRest()
  }

  /// Encrypts `plaintext` for the members of `channel`.
  public init(sealing plaintext: [UInt8], for channel: Channel) {
    channelHash = channel.hash
    sealed = channel.secret.seal(plaintext)[...]
  }

  /// The plaintext with its padding; nil unless hash and MAC are those of a message to `channel`.
  public func opened(by channel: Channel) -> [UInt8]? {
    channelHash == channel.hash ? channel.secret.open(sealed) : nil
  }

  /// The payload that says this.
  public var payload: [UInt8] { [channelHash] + sealed }
}
