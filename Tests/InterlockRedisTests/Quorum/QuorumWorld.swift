import Interlock
import InterlockLocks
import InterlockSystem

@testable import InterlockRedis

/// Clients and servers in one struct, on virtual time: links that break and lose answers, servers that stop, restart empty or
/// have wrong clocks, clients that stand still or vanish.
struct QuorumWorld {
  enum Event {
    case arrives(Link, SimulatedVoter.Command, Call, serverLife: Int)
    case answered(Link, Call, RedisValue)
    case timedOut(Call)
    case told(Link, String)
    case connected(Link)
    case wake(client: Int)
    case done(client: Int, LockToken)
  }

  struct Entry: Comparable {
    let at: Instant
    let number: UInt64
    let event: Event
    static func < (left: Entry, right: Entry) -> Bool {
      (left.at, left.number) < (right.at, right.number)
    }
    static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
  }

  /// What requests were told and nobody has taken yet.
  final class Told: Sendable {
    let events = Guarded([(LockToken, LockEvent)]())
    func append(_ token: LockToken, _ event: LockEvent) {
      events.withLock { $0.append((token, event)) }
    }
    func take() -> [(LockToken, LockEvent)] {
      events.withLock { events in
        defer { events = [] }
        return events
      }
    }
  }

  /// One life of a connection.
  struct Link: Hashable {
    let client: Int
    let server: Int
    let life: Int
  }

  /// A command that has not been answered.
  struct Call: Hashable {
    enum Purpose: Hashable {
      case vote(UInt64, round: UInt64)
      case join(UInt64)
      case giveBack(UInt64, isLast: Bool)
      case renewal(UInt64)
    }
    let number: UInt64
    let client: Int
    let server: Int
    let purpose: Purpose
  }

  struct Client {
    var table: QuorumTable
    let session: LockSession
    var leases: [LockToken: LeaseMachine] = [:]
    var details: [LockToken: QuorumRequest.Details] = [:]
    var renewals: [UInt64: (token: LockToken, tally: QuorumRenewal)] = [:]
    var calls: [UInt64: Call] = [:]
    var stillUntil = Instant.origin
    /// When it is woken next.
    var wakes = Instant.distantFuture
    /// How far its time of day is off, in microseconds.
    var skew: Int64 = 0
  }

  struct Connection {
    var life = 0
    var isUp = false
    /// Nothing overtakes anything.
    var lastArrival = Instant.origin
    var lastAnswer = Instant.origin
  }

  static let longest = Duration.seconds(3)
  /// The time of day at the beginning, in microseconds.
  static let epoch: Int64 = 1_700_000_000_000_000

  let servers: Int
  let isPersistent: Bool
  var random: SeededGenerator
  var now = Instant.origin.advanced(by: .seconds(100))
  var queue = MinimumHeap<Entry>()
  var numbers: UInt64 = 0
  var voters: [SimulatedVoter]
  var started: [Instant]
  /// What was on its way to an earlier life of a server is lost.
  var lives: [Int]
  var slowUntil: [Instant]
  var clients: [Client]
  var connections: [[Connection]]
  var cutUntil: [[Instant]]
  let told = Told()
  var answers: [LockToken: Int] = [:]
  var lastFence = Fence(0)
  var grants = 0
  var losses = 0
  var refusals = 0
  var isCalm = false

  /// What happened last.
  var journal: [String] = []

  /// What went wrong, in words; empty when nothing did.
  var faults: [String] = []

  init(servers: Int, clients: Int, isPersistent: Bool, seed: UInt64) {
    self.servers = servers
    self.isPersistent = isPersistent
    random = SeededGenerator(seed: seed)
    voters = Array(repeating: SimulatedVoter(), count: servers)
    started = Array(repeating: .origin, count: servers)
    lives = Array(repeating: 0, count: servers)
    slowUntil = Array(repeating: .origin, count: servers)
    self.clients = (0..<clients).map { client in
      let owner = LockOwner(host: "h", process: Int32(client + 1))
      return Client(
        table: QuorumTable(
          QuorumTable.Configuration(title: "simulated", servers: servers),
          seed: seed &+ UInt64(client)),
        session: LockSession(owner: owner, secret: UInt64(client)))
    }
    connections = Array(
      repeating: Array(repeating: Connection(), count: servers), count: clients)
    cutUntil = Array(repeating: Array(repeating: .origin, count: servers), count: clients)
    for client in 0..<clients {
      for server in 0..<servers { reconnect(client, server, after: .zero) }
    }
  }

  // MARK: Running

  /// Lets things happen, with trouble, for so long; then heals everything and sees what is left.
  mutating func run(for time: Duration) {
    let end = now.advanced(by: time)
    while now < end, faults.isEmpty {
      if chance(6) { trouble() }
      act()
      advance(by: milliseconds(0...60))
    }
    heal()
  }

  mutating func advance(by time: Duration) {
    let end = now.advanced(by: time)
    while let next = queue.minimum, next.at <= end, faults.isEmpty {
      queue.removeMinimum()
      now = max(now, next.at)
      happen(next.event)
      check()
    }
    now = end
    check()
  }

  mutating func heal() {
    isCalm = true
    cutUntil = Array(
      repeating: Array(repeating: .origin, count: servers), count: clients.count)
    // Whoever waits gets it in the end, and whoever has it gives it back.
    advance(by: .seconds(120))
    guard faults.isEmpty else { return }
    for (client, state) in clients.enumerated() where state.table.count > 0 {
      faults.append("client \(client) has \(state.table.count) requests left after healing")
    }
    for (server, voter) in voters.enumerated() where !voter.isIdle(at: now) {
      faults.append("server \(server) still has something recorded after healing")
    }
    for (token, count) in answers where count != 1 {
      faults.append("\(token) was answered \(count) times")
    }
  }

  // MARK: What must hold

  /// Keeps what happened last, for whoever has to find out why.
  mutating func note(_ what: @autoclosure () -> String) {
    if journal.count >= 120 { journal.removeFirst(60) }
    journal.append("\(now.nanoseconds / 1000) \(what())")
  }

  mutating func check() {
    var valid: [String] = []
    for client in clients {
      for (token, lease) in client.leases {
        if (try? lease.check(at: now)) != nil { valid.append(token.text) }
      }
    }
    if valid.count > 1 { faults.append("at \(now) all of these may use it: \(valid)") }
  }
}
