internal import Interlock
internal import InterlockLocks

/// What one server has about a lock, as of one instant.
struct QuorumInspection: Sendable {
  /// The server's time, in milliseconds.
  private let now: Int64
  /// Whom it voted for; empty for nobody.
  let token: String
  /// Of the vote, in ms; −1 for no end.
  private let left: Int64
  let register: Fence?
  /// Who stands in its line.
  let line: [(token: String, ticket: UInt64)]
  private let notes: [String: RedisLockEntry]
  private let living: Set<String>

  /// Nil when it is no such answer.
  init?(_ answer: RedisValue) {
    guard let parts = answer.elements, parts.count == 7, let now = parts[0].integer,
      let token = parts[1].string, let left = parts[2].integer,
      let line = Self.pairs(parts[4]), let notes = Self.pairs(parts[5]),
      let living = parts[6].elements
    else { return nil }
    self.now = now
    self.token = token
    self.left = left
    register = parts[3].string.flatMap { UInt64($0) }.map { Fence($0) }
    self.line = line.map { ($0.0, UInt64(max(0, Double($0.1) ?? 0))) }
    self.notes = Dictionary(
      notes.compactMap { token, note in RedisLockEntry(note).map { (token, $0) } },
      uniquingKeysWith: { first, _ in first })
    self.living = Set(living.compactMap(\.string))
  }

  private static func pairs(_ value: RedisValue) -> [(String, String)]? {
    guard let flat = value.elements?.map({ $0.string ?? "" }), flat.count.isMultiple(of: 2) else {
      return nil
    }
    return stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
  }

  /// Who holds it, as far as this server knows.
  var holder: LockHolder? {
    guard !token.isEmpty else { return nil }
    let isOurs = token.hasPrefix("il1:")
    let fence = isOurs ? register : nil
    let age = fence.flatMap { fence -> Duration? in
      let age = now - Int64(clamping: fence.number / 1000)
      return age >= 0 ? .milliseconds(age) : nil
    }
    return LockHolder(
      token: token, owner: LockSession.owner(of: token), mode: .exclusive, fence: fence, age: age,
      left: left < 0 ? nil : .milliseconds(left), reason: notes[token]?.reason ?? "",
      isAlive: isOurs ? living.contains(token) : nil)
  }

  func waiter(_ token: String) -> LockWaiter {
    LockWaiter(
      token: token, owner: LockSession.owner(of: token), mode: .exclusive,
      age: notes[token].map { .milliseconds(max(0, now - $0.since)) },
      reason: notes[token]?.reason ?? "", isAlive: living.contains(token))
  }
}
