import Interlock
import InterlockCrypto
import InterlockMeshCore

/// Somebody with a key who administers a node over the radio.
struct AdminClient {
  let identity: Identity
  let node: PublicKey
  let secret: MessageSecret

  init?(_ identity: Identity, node: PublicKey) {
    guard let secret = identity.sharedSecret(with: node) else { return nil }
    self.identity = identity
    self.node = node
    self.secret = secret
  }

  static func identity(_ seed: UInt64) -> Identity {
    var random = TestRandom(seed: seed)
    return Identity.generate { SecretBytes(random.bytes(32).span) }
  }

  func login(_ password: String, at timestamp: UInt32, path: [UInt8]? = []) -> Packet? {
    anonymous(
      AnonymousRequest(timestamp: timestamp, content: .login(password: Array(password.utf8)))
        .plaintext, path: path)
  }

  func anonymous(_ plaintext: [UInt8], path: [UInt8]? = nil) -> Packet? {
    let envelope = AnonymousEnvelope(
      sealing: plaintext, from: identity.publicKey, to: node, under: secret)
    return packet(.anonymousRequest, envelope.payload, path: path)
  }

  func request(
    _ kind: RequestMessage.Kind, _ parameters: [UInt8] = [], at timestamp: UInt32,
    path: [UInt8]? = []
  ) -> Packet? {
    let message = RequestMessage(timestamp: timestamp, kind: kind, parameters: parameters)
    return packet(.request, sealed(message.plaintext), path: path)
  }

  func command(
    _ text: String, at timestamp: UInt32, kind: TextMessage.Kind = .command, attempt: UInt8 = 0,
    path: [UInt8]? = []
  ) -> Packet? {
    let message = TextMessage(timestamp: timestamp, kind: kind, attempt: attempt, text: text)
    return packet(.text, sealed(message.plaintext), path: path)
  }

  func sealed(_ plaintext: [UInt8]) -> [UInt8] {
    Envelope(sealing: plaintext, from: identity.publicKey, to: node, under: secret).payload
  }

  /// A flood that has passed `path`; with nil, a direct packet that has arrived.
  func packet(_ type: PayloadType, _ payload: [UInt8], path: [UInt8]?) -> Packet? {
    guard let path else { return Packet(route: .direct, type: type, payload: payload) }
    return RepeaterFixture.flood(payload, type: type, path: path)
  }

  /// What a packet to this client says; nil when it is for another or not sealed by the node.
  func open(_ packet: Packet) -> [UInt8]? {
    guard let envelope = Envelope(parsing: packet.payload),
      envelope.destination == identity.publicKey.hash, envelope.source == node.hash
    else { return nil }
    return secret.open(envelope.sealed)
  }
}

/// A machine with its passwords, whose answers are made by hand.
final class AdminBench {
  static let node = AdminClient.identity(1)
  var machine: AdministrationMachine
  var now = Instant.origin
  var generator = TestRandom(seed: 9)

  init(admin: String? = "hunter2", guest: String? = "hello", access: AccessList = AccessList()) {
    machine = AdministrationMachine(
      identity: Self.node,
      passwords: .init(
        admin: admin.flatMap { AdminPassword($0) }, guest: guest.flatMap { AdminPassword($0) }),
      access: access)
  }

  func take(_ packet: Packet?) -> AdministrationMachine.Outcome? {
    now = now.advanced(by: .milliseconds(1))
    return packet.flatMap { machine.take($0, at: now) }
  }

  func reply(_ task: AdminTask?, _ answer: AdminAnswer) -> AdminReply? {
    task.flatMap { machine.reply(to: $0, answer, unixTime: 1_800_000_000, using: &generator) }
  }
}
