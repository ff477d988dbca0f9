import Testing

@testable import InterlockMeshCore

@Suite struct EnvelopeTests {
  static let bytes = Array(UInt8(1)...60)

  @Test func `an envelope needs one byte of ciphertext`() {
    for count in 0..<60 {
      let payload = Self.bytes[..<count]
      #expect(
        (Envelope(parsing: payload) != nil) == (count >= PayloadType.text.minimumPayloadBytes))
      #expect(
        (AnonymousEnvelope(parsing: payload) != nil)
          == (count >= PayloadType.anonymousRequest.minimumPayloadBytes))
      #expect(
        (ChannelEnvelope(parsing: payload) != nil)
          == (count >= PayloadType.groupText.minimumPayloadBytes))
    }
  }

  @Test func `messages reach whom they are for`() throws {
    let (a, b) = (
      try Identity(seed: IdentityTests.seed(1)), try Identity(seed: IdentityTests.seed(2))
    )
    let secret = try #require(a.sharedSecret(with: b.publicKey))
    let text = TextMessage(timestamp: 9, attempt: 2, text: "hello")
    let sent = Envelope(
      sealing: text.plaintext, from: a.publicKey, to: b.publicKey, under: secret)
    let heard = try #require(Envelope(parsing: sent.payload[...]))
    #expect(heard.destination == b.publicKey.hash)
    #expect(heard.source == a.publicKey.hash)
    let theirs = try #require(b.sharedSecret(with: a.publicKey))
    let opened = try #require(theirs.open(heard.sealed))
    #expect(TextMessage(parsing: opened) == text)
  }

  @Test func `a stranger's request brings its key`() throws {
    let (a, b) = (
      try Identity(seed: IdentityTests.seed(1)), try Identity(seed: IdentityTests.seed(2))
    )
    let secret = try #require(a.sharedSecret(with: b.publicKey))
    let login = AnonymousRequest(timestamp: 9, content: .login(password: Array("pw".utf8)))
    let sent = AnonymousEnvelope(
      sealing: login.plaintext, from: a.publicKey, to: b.publicKey, under: secret)
    let heard = try #require(AnonymousEnvelope(parsing: sent.payload[...]))
    let theirs = try #require(b.sharedSecret(with: heard.sender))
    #expect(theirs.open(heard.sealed).flatMap(AnonymousRequest.init) == login)
  }

  @Test func `the well-known public channel has hash 11, with a key of either length`() throws {
    let key: [UInt8] = [
      0x8b, 0x33, 0x87, 0xe9, 0xc5, 0xcd, 0xea, 0x6a, 0xc9, 0xe5, 0xed, 0xba, 0xa1, 0x15, 0xcd,
      0x72,
    ]
    for whole in [key, key + [UInt8](repeating: 0, count: 16)] {
      let channel = try #require(Channel(key: whole))
      #expect(channel.hash == 0x11)
      let sealed = ChannelEnvelope(sealing: [1, 2, 3], for: channel)
      #expect(channel.secret.open(sealed.sealed)?.prefix(3) == [1, 2, 3])
    }
    #expect(try #require(Channel(key: key + key)).hash != 0x11)
    #expect(Channel(key: []) == nil)
  }
}
