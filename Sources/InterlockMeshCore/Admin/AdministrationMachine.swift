public import Interlock

/// Decides who may administer this node over the radio, and what they are told.
///
/// It is pure: packets and the time go in; what is for this node comes back as tasks to carry out and
/// packets to send. Recognising a packet, checking that it is no repetition, and taking note of that
/// are one step.
///
/// A code of two bytes lets one forgery in 65 536 through. So nothing is changed on its strength
/// alone: every message must also be later than the last of its client, and commands need the role.
/// What the node answers by silence, it answers to everyone in the same way.
public struct AdministrationMachine: Sendable {
  /// Wrong passwords in a row before further logins are ignored; administrators are never ignored.
  static let loginAttempts = 5
  /// The time after which one more is tried.
  static let loginInterval = Duration.seconds(30)
  /// Questions of unknown nodes that are answered in any stretch of `questionWindow`.
  static let questions = 4
  /// The stretch that `questions` is counted in.
  static let questionWindow = Duration.seconds(180)
  /// How long an answer to a request waits.
  static let responseDelay = Duration.milliseconds(300)
  /// How long an acknowledgement waits.
  static let acknowledgementDelay = Duration.milliseconds(200)
  /// How long the answer to a command waits.
  static let textDelay = Duration.milliseconds(600)

  /// Who may log in with a password, and as what; nil for nobody.
  public struct Passwords: Sendable {
    /// The password of administrators.
    public var admin: AdminPassword?
    /// The password of guests.
    public var guest: AdminPassword?

    /// No passwords: nobody who is not on the list gets in.
    public init(admin: AdminPassword? = nil, guest: AdminPassword? = nil) {
      self.admin = admin
      self.guest = guest
    }
  }

  /// What a packet for this node brought about.
  public struct Outcome: Sendable {
    /// What is to be answered.
    public var tasks: [AdminTask] = []
    /// What is to be sent at once.
    public var replies: [AdminReply] = []
    /// What belongs in the log.
    public var events: [AdminEvent] = []
    /// Whether the access list has to be stored again.
    public var accessChanged = false
  }

  /// The clients.
  public internal(set) var access: AccessList
  /// The passwords.
  public var passwords: Passwords
  /// Whether it takes packets at all; while it does not, its clients are kept.
  public var isOpen = true
  /// A radio that was changed for a while.
  public internal(set) var temporaryRadio: TemporaryRadio?

  let identity: Identity
  private var attempts: TokenBucket
  private var questionLimit = SlidingLimit(questions, per: questionWindow)
  /// The timestamp of the last text this node sent.
  var lastTextTimestamp: UInt32 = 0

  /// Makes a machine.
  ///
  /// - Parameters:
  ///   - identity: The node's key.
  ///   - passwords: Who may log in.
  ///   - access: Who has.
  public init(
    identity: Identity, passwords: Passwords = Passwords(), access: AccessList = AccessList()
  ) {
    self.identity = identity
    self.passwords = passwords
    self.access = access
    // It is full, so the instant it is made at does not matter.
    attempts = TokenBucket(
      capacity: Self.loginAttempts, refilling: 1, every: Self.loginInterval, at: .origin)
  }

  /// Takes a packet that is new.
  ///
  /// - Returns: Nil when it is not for this node: it names another, or no secret opens it.
  /// - Complexity: One MAC for each client that shares the sender's byte; a login costs a key
  ///   agreement, which the caller has found time for.
  public mutating func take(_ packet: Packet, at now: Instant) -> Outcome? {
    guard isOpen else { return nil }
    return switch packet.payloadType {
    case .anonymousRequest: takeAnonymous(packet, at: now)
    case .request, .text, .path, .response: takeFromClient(packet)
    default: nil
    }
  }

  private mutating func takeAnonymous(_ packet: Packet, at now: Instant) -> Outcome? {
    guard let envelope = AnonymousEnvelope(parsing: packet.payload),
      envelope.destination == identity.publicKey.hash,
      let secret = access[envelope.sender]?.secret
        ?? identity.sharedSecret(with: envelope.sender),
      let plaintext = secret.open(envelope.sealed)
    else { return nil }
    guard let request = AnonymousRequest(parsing: plaintext) else { return Outcome() }
    switch request.content {
    case .login(let password):
      return login(
        packet, from: envelope.sender, secret, password, timestamp: request.timestamp, at: now)
    case .question(let question, let field, let hops):
      guard !packet.route.isFlood, [.regions, .owner, .clock].contains(question),
        let path = KnownPath(field: field, hops: hops), questionLimit.take(at: now)
      else { return Outcome() }
      return Outcome(tasks: [
        AdminTask(
          work: .question(question), client: envelope.sender, tag: request.timestamp,
          way: .along(path), hashSize: packet.pathField.hashSize)
      ])
    }
  }

  private mutating func login(
    _ packet: Packet, from key: PublicKey, _ secret: MessageSecret, _ password: [UInt8],
    timestamp: UInt32, at now: Instant
  ) -> Outcome {
    let known = access[key]
    guard timestamp > known?.lastTimestamp ?? 0 else { return Outcome(events: [.replayed(key)]) }
    guard let permissions = permissions(of: known, password: password, at: now) else {
      return Outcome(events: [.loginRefused(key)])
    }
    if known == nil, permissions.isAdmin, timestamp <= access.floor {
      return Outcome(events: [.replayed(key)])
    }
    let client = AccessClient(
      key: key, permissions: permissions, lastTimestamp: timestamp,
      outPath: packet.route.isFlood ? nil : known?.outPath, secret: secret)
    if let known, known.permissions.isAdmin, !permissions.isAdmin {
      access.floor = max(access.floor, timestamp)
    }
    guard access.insert(client) else { return Outcome(events: [.loginRefused(key)]) }
    return Outcome(
      tasks: [task(.login(permissions), client, packet, tag: timestamp)],
      events: [.loggedIn(key, permissions)], accessChanged: true)
  }

  /// What a login makes of its sender; nil when it is refused.
  private mutating func permissions(
    of known: AccessClient?, password: [UInt8], at now: Instant
  ) -> Permissions? {
    if password.isEmpty { return known?.permissions }
    let isTrusted = known?.permissions.isAdmin ?? false
    guard isTrusted || attempts.available(at: now) > 0 else { return nil }
    // Both are compared, so that the time tells nothing about which is configured.
    let isAdmin = passwords.admin?.matches(password) ?? false
    let isGuest = passwords.guest?.matches(password) ?? false
    let former = known?.permissions ?? Permissions(.guest)
    if isAdmin { return former.with(.admin) }
    if isGuest { return former.with(.guest) }
    _ = attempts.take(at: now)  // There may be none left for an administrator, who is tried anyway.
    return nil
  }

  private mutating func takeFromClient(_ packet: Packet) -> Outcome? {
    guard let envelope = Envelope(parsing: packet.payload),
      envelope.destination == identity.publicKey.hash
    else { return nil }
    for index in access.indices(hash: envelope.source) {
      guard let plaintext = access.clients[index].secret.open(envelope.sealed) else { continue }
      switch packet.payloadType {
      case .request: return takeRequest(plaintext, of: index, packet)
      case .text: return takeText(plaintext, of: index, packet)
      case .path: return takePath(plaintext, of: index)
      // This node asks its clients nothing.
      default: return Outcome()
      }
    }
    return nil
  }

  func task(
    _ work: AdminTask.Work, _ client: AccessClient, _ packet: Packet, tag: UInt32
  ) -> AdminTask {
    var way = client.outPath.map { AdminTask.Way.along($0) } ?? .flood
    if packet.route.isFlood, let path = KnownPath(field: packet.pathField, hops: packet.path) {
      way = .pathReturn(path)
    }
    return AdminTask(
      work: work, client: client.key, tag: tag, way: way, hashSize: packet.pathField.hashSize)
  }
}
