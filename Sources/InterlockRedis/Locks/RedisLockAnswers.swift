internal import Interlock
package import InterlockLocks

/// Who is in the way, as the scripts tell it.
extension RemoteLockObstacle {
  init(left: Int64?, mode: String?, token: String?, record: String?, isOurs: Bool = true) {
    let known = record.flatMap { RedisLockEntry($0) }
    let held: LockMode =
      switch mode {
      case "s": .shared
      case "p": known?.mode(limit: nil) ?? .permits(1, of: 1)
      default: .exclusive
      }
    self.init(
      left: left ?? -2, token: token ?? "", mode: held, reason: known?.reason ?? "",
      isOurs: isOurs)
  }
}

/// What is recorded of a token: `mode weight lease channel since fence reason`.
package struct RedisLockEntry: Sendable, Hashable {
  /// Of its mode: `x`, `s` or `p`.
  package var letter: Character
  /// Permits.
  package var weight: Int
  /// Where its client listens.
  package var channel: String
  /// In the server's milliseconds.
  package var since: Int64
  package var fence: UInt64
  package var reason: String

  /// Nil when it is none.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false)
    guard parts.count == 7, parts[0].count == 1, let letter = parts[0].first,
      "xsp".contains(letter),
      let weight = Int(parts[1]), 1...LockMode.mostPermits ~= weight, Int64(parts[2]) != nil,
      let since = Int64(parts[4]), 0...(1 << 53) ~= since,
      let fence = UInt64(parts[5])
    else { return nil }
    self.letter = letter
    self.weight = weight
    channel = String(parts[3])
    self.since = since
    self.fence = fence
    reason = String(parts[6])
  }

  /// How it is held, of so many permits.
  package func mode(limit: Int?) -> LockMode {
    switch letter {
    case "s": .shared
    case "p": .permits(weight, of: max(limit ?? weight, weight))
    default: .exclusive
    }
  }
}

/// What the script `take` answers.
extension RemoteTakeAnswer {
  /// Nil when it is no answer.
  init?(_ value: RedisValue) {
    if case .text = value {
      guard let fence = value.integer.flatMap({ UInt64(exactly: $0) }) else { return nil }
      self = .granted(Fence(fence))
      return
    }
    guard let parts = value.elements?.map(\.string), let first = parts.first else { return nil }
    switch (first, parts.count) {
    case ("granted", 2):
      guard let fence = parts[1].flatMap({ UInt64($0) }) else { return nil }
      self = .granted(Fence(fence))
    case ("busy", 5):
      self = .busy(
        RemoteLockObstacle(
          left: parts[1].flatMap { Int64($0) }, mode: parts[2], token: parts[3], record: parts[4]))
    case ("queued", 8):
      guard let rank = parts[1].flatMap({ Int64($0) }), let ticket = parts[4] else { return nil }
      self = .queued(
        rank: rank, ticket: ticket,
        RemoteLockObstacle(
          left: parts[2].flatMap { Int64($0) }, mode: parts[5], token: parts[6], record: parts[7],
          isOurs: parts[3] == "o"))
    case ("mixed", 2): self = .mixed(recorded: parts[1] ?? "")
    case ("type", 3): self = .wrongType(key: parts[1] ?? "", found: parts[2] ?? "")
    default: return nil
    }
  }
}

/// What the script `poke` answers.
extension RemotePokeAnswer {
  /// Nil when it is no such answer.
  init?(_ value: RedisValue) {
    guard let parts = value.elements, parts.count == 6, let rank = parts[5].integer else {
      return nil
    }
    self.init(
      obstacle: RemoteLockObstacle(
        left: parts[0].integer, mode: parts[1].string, token: parts[2].string,
        record: parts[3].string, isOurs: parts[4].string == "o"),
      rank: rank)
  }
}
