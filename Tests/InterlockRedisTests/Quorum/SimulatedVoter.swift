import Interlock

@testable import InterlockRedis

/// What one server does with the scripts of a lock that several vote on, in Swift: one lock, without a network.
struct SimulatedVoter {
  enum Command {
    case take(String, ticket: UInt64, lease: Duration, waits: Bool, micros: UInt64, floor: UInt64)
    case fence(String, UInt64)
    case join(String, UInt64, lease: Duration)
    case giveBack(String, ticket: UInt64, keepsPlace: Bool)
    case renew(String, lease: Duration)
  }

  private struct Place {
    let ticket: UInt64
    let token: String
  }

  /// Whom it votes for, and until when.
  private(set) var vote: (token: String, end: Instant)?
  private var line: [Place] = []
  private var lineEnds = Instant.origin
  private var turn: (token: String, since: Instant)?
  private var register: UInt64 = 0
  /// How far its clock is from the right time, in microseconds.
  var skew: Int64 = 0
  func isIdle(at now: Instant) -> Bool {
    (vote.map { $0.end <= now } ?? true) && (line.isEmpty || lineEnds <= now)
  }

  /// What it has when it starts anew with nothing on disk.
  mutating func forget() { (vote, line, turn, register) = (nil, [], nil, 0) }

  /// Carries out a command; `call` tells a token that the vote is free, and is false when nobody listens there.
  mutating func apply(
    _ command: Command, at now: Instant, call: (String) -> Bool
  ) -> RedisValue {
    if let end = vote?.end, end <= now { vote = nil }
    if lineEnds <= now { line = [] }
    switch command {
    case .take(let token, let ticket, let lease, let waits, let micros, let floor):
      if waits, vote?.token != token { stand(token, ticket, at: now) }
      if waits, turn?.token == token { turn = nil }
      if let vote, vote.token != token {
        let left = (vote.end.nanoseconds - now.nanoseconds) / 1_000_000
        return Self.words("busy", "\(left)", vote.token, "")
      }
      if vote == nil, let (first, left) = callFirst(token, at: now, call), first != token {
        return Self.words("busy", "\(left)", first, "")
      }
      vote = (token, now.advanced(by: lease))
      leave(token)
      turn = nil
      let own = UInt64(now.nanoseconds / 1000 + QuorumWorld.epoch + skew)
      let base = micros > own ? micros - own : own - micros
      register = max(base > 1_000_000 ? own : micros, register + 1, floor + 1)
      return Self.words("granted", "\(register)")
    case .join(let token, let fence, let lease):
      if vote == nil, line.first.map({ $0.token == token }) ?? true {
        vote = (token, now.advanced(by: lease))
        leave(token)
      } else if vote?.token == token {
        vote = (token, now.advanced(by: lease))
      }
      return apply(.fence(token, fence), at: now, call: call)
    case .fence(let token, let fence):
      guard vote?.token == token else { return Self.words("gone") }
      register = max(register, fence)
      return Self.words("held", "\(register)")
    case .giveBack(let token, let ticket, let keepsPlace):
      let had = vote?.token == token
      if had { vote = nil }
      if keepsPlace { stand(token, ticket, at: now) } else { leave(token) }
      if vote == nil { _ = callFirst(keepsPlace ? token : "", at: now, call) }
      return .integer(had ? 1 : 0)
    case .renew(let token, let lease):
      guard let vote else { return Self.words(register == 0 ? "reset" : "gone") }
      guard vote.token == token else { return Self.words("by \(vote.token)") }
      self.vote = (token, now.advanced(by: lease))
      return Self.words("ok")
    }
  }

  private mutating func stand(_ token: String, _ ticket: UInt64, at now: Instant) {
    lineEnds = now.advanced(by: .milliseconds(QuorumScripts.place))
    guard !line.contains(where: { $0.token == token }) else { return }
    line.append(Place(ticket: ticket, token: token))
    line.sort { ($0.ticket, $0.token) < ($1.ticket, $1.token) }
  }

  private mutating func leave(_ token: String) { line.removeAll { $0.token == token } }

  private mutating func callFirst(
    _ asker: String, at now: Instant, _ call: (String) -> Bool
  ) -> (String, Int64)? {
    while let first = line.first?.token {
      if first == asker { return (first, 0) }
      let since = turn?.token == first ? turn?.since ?? now : now
      let end = since.advanced(by: .milliseconds(QuorumScripts.turn))
      if end > now, call(first) {
        turn = (first, since)
        return (first, (end.nanoseconds - now.nanoseconds) / 1_000_000)
      }
      leave(first)
    }
    return nil
  }

  private static func words(_ words: String...) -> RedisValue {
    .array(words.map { .string($0) })
  }
}
