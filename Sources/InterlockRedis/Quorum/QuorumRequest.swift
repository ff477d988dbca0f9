internal import Interlock
internal import InterlockLocks

/// One request of this client at several servers, from asking to having given back.
struct QuorumRequest: Sendable {
  typealias Listener = RemoteLockTable.Listener
  typealias ReleaseAnswer = RemoteLockTable.ReleaseAnswer

  /// What it is at.
  enum Phase: Sendable {
    /// Servers are asked for their votes.
    case asking(QuorumRound)
    /// They voted for it, and are asked to put one fence into their registers.
    case fencing(QuorumRound, Fence)
    /// It did not get a majority, and asks again at its turn.
    case waiting
    case held
    /// It gives back whatever it may have.
    case leaving(QuorumLeaving)
  }

  /// What does not change.
  final class Details: Sendable {
    let token: LockToken
    /// What stands for it on the servers.
    let text: String
    let name: LockName
    let keys: QuorumKeys
    let term: Duration
    /// In milliseconds, as servers are told.
    let lease: String
    let waits: Bool
    /// In decimal; empty for none.
    let floor: String
    let reason: String
    let listener: Listener

    init(_ request: LockRequest, _ format: RedisLockFormat, _ listener: @escaping Listener) {
      token = request.token
      text = format.token(request.token)
      name = request.name
      keys = QuorumKeys(request.name, format)
      term = request.term
      lease = "\(format.lease(request.term))"
      waits = request.waits
      floor = request.floor.map { "\($0)" } ?? ""
      reason = request.reason
      self.listener = listener
    }
  }

  let details: Details
  /// Counts up: the order of requests here.
  var number: UInt64 = 0
  /// Its place in line: the time of the request, in microseconds.
  var ticket: UInt64 = 0
  var phase = Phase.waiting
  /// Rounds that came to nothing although nobody else had a majority.
  var collisions = 0
  /// Servers that said it is its turn, since it last asked.
  var turns: Set<Int> = []
  /// When it asks again, while it waits.
  var due = Instant.distantFuture
  /// Who was in the way when that was last told.
  var obstacle: RemoteLockObstacle?
  /// When it is told that the servers cannot be reached; nil once most of them were.
  var giveUp: Instant?
  /// The servers whose votes have stood without a break since it was granted, or since a time at which it was held.
  ///
  /// Only these count when it is renewed: a vote that ended and came back proves nothing.
  var voters: Set<Int> = []
  /// The round in which it was granted.
  var round: UInt64 = 0
  /// Servers that are asked to vote for the holder too, and have not answered.
  var joining: Set<Int> = []
  /// Until when it is held beyond doubt, unless it is renewed.
  var validUntil = Instant.origin
  /// Of its grant.
  var fence = Fence(0)
  /// Looks at a lock that other software holds, which tells nobody when it lets go.
  var polls = 0

  init(_ details: Details) { self.details = details }

  var token: LockToken { details.token }
  var text: String { details.text }
  var name: LockName { details.name }
  var term: Duration { details.term }
  var waits: Bool { details.waits }
  var listener: Listener { details.listener }

  /// Whether it waits, or may.
  var isOpen: Bool {
    switch phase {
    case .asking, .fencing, .waiting: true
    case .held, .leaving: false
    }
  }

  var isHeld: Bool { if case .held = phase { true } else { false } }
}

/// Votes and places in line that are being given back: to be said to every server, until it has heard.
struct QuorumLeaving: Sendable {
  /// Servers that have not said that they heard it.
  var missing: Set<Int>
  /// Servers that are being told.
  var asked: Set<Int> = []
  /// What those that heard it said: whether they had given their vote.
  var had: [Int: Bool] = [:]
  /// After that nothing is recorded any more.
  var until: Instant
  /// What a request that was withdrawn is told.
  var refusal: LockRefusal?
  /// Told what came of giving back.
  var released: QuorumRequest.ReleaseAnswer?

  init(servers: Set<Int>, until: Instant) {
    missing = servers
    self.until = until
  }

  /// Whether most of `servers` had voted for it until now; nil when that is not known yet, or cannot be.
  func wasHeld(of servers: Int) -> Bool? {
    let majority = QuorumRound.majority(of: servers)
    let yes = had.values.count { $0 }
    if yes >= majority { return true }
    if had.count - yes > servers - majority { return false }
    // Those that cannot be reached may have made up the majority.
    return asked.isEmpty && yes > 0 ? true : nil
  }
}
