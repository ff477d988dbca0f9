package import Interlock
package import InterlockLocks

/// Who is in the way of a request, as the scripts tell it.
struct RedisLockObstacle: Sendable, Hashable {
  /// In milliseconds; −1 for no end, −2 for nobody.
  var left: Int64 = -2
  /// Empty for nobody.
  var token = ""
  var mode = LockMode.exclusive
  var reason = ""
  /// Whether we are told when it lets go.
  var isOurs = true

  init() {}

  init(left: Int64?, mode: String?, token: String?, record: String?, isOurs: Bool = true) {
    self.left = left ?? -2
    self.token = token ?? ""
    self.isOurs = isOurs
    let known = record.flatMap { RedisLockEntry($0) }
    reason = known?.reason ?? ""
    self.mode =
      switch mode {
      case "s": .shared
      case "p": known?.mode(limit: nil) ?? .permits(1, of: 1)
      default: .exclusive
      }
  }

  /// As others are told of it; nil for nobody.
  var holder: LockHolder? {
    guard !token.isEmpty else { return nil }
    return LockHolder(
      token: token, owner: LockSession.owner(of: token), mode: mode,
      left: left < 0 ? nil : .milliseconds(left), reason: reason)
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
enum RedisTakeAnswer: Sendable, Hashable {
  case granted(Fence)
  case busy(RedisLockObstacle)
  case queued(rank: Int64, ticket: String, RedisLockObstacle)
  case mixed(recorded: String)
  case wrongType(key: String, found: String)

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
        RedisLockObstacle(
          left: parts[1].flatMap { Int64($0) }, mode: parts[2], token: parts[3], record: parts[4]))
    case ("queued", 8):
      guard let rank = parts[1].flatMap({ Int64($0) }), let ticket = parts[4] else { return nil }
      self = .queued(
        rank: rank, ticket: ticket,
        RedisLockObstacle(
          left: parts[2].flatMap { Int64($0) }, mode: parts[5], token: parts[6], record: parts[7],
          isOurs: parts[3] == "o"))
    case ("mixed", 2): self = .mixed(recorded: parts[1] ?? "")
    case ("type", 3): self = .wrongType(key: parts[1] ?? "", found: parts[2] ?? "")
    default: return nil
    }
  }
}

/// What the script `poke` answers.
struct RedisPokeAnswer: Sendable, Hashable {
  var obstacle: RedisLockObstacle
  /// Place in line of the token that was asked about; negative when it is not in line.
  var rank: Int64

  /// Nil when it is no such answer.
  init?(_ value: RedisValue) {
    guard let parts = value.elements, parts.count == 6, let rank = parts[5].integer else {
      return nil
    }
    obstacle = RedisLockObstacle(
      left: parts[0].integer, mode: parts[1].string, token: parts[2].string,
      record: parts[3].string, isOurs: parts[4].string == "o")
    self.rank = rank
  }
}

/// What one client tells another by way of the server.
package enum RedisLockMessage: Sendable, Hashable {
  /// It is that request's turn, if it is still so when it says so.
  case granted(token: String, Fence)
  /// It is first in line; the lease of the holder lasts so many ms.
  case first(token: String, left: Int64, isOurs: Bool)
  case revoked(token: String, by: String, reason: String)
  case asked(token: String, by: String, reason: String)

  /// Nil when it is none: anybody may publish anything.
  package init?(_ payload: [UInt8]) {
    let parts = String(decoding: payload, as: UTF8.self)
      .split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5 else { return nil }
    let token = parts[2]
    switch parts[0] {
    case "g":
      guard let fence = UInt64(parts[3]) else { return nil }
      self = .granted(token: token, Fence(fence))
    case "h":
      guard let left = Int64(parts[3]) else { return nil }
      self = .first(token: token, left: left, isOurs: parts[4] == "o")
    case "r": self = .revoked(token: token, by: Self.plain(parts[3]), reason: Self.plain(parts[4]))
    case "y": self = .asked(token: token, by: Self.plain(parts[3]), reason: Self.plain(parts[4]))
    default: return nil
    }
  }

  /// A text as one word of a message.
  package static func word(_ text: String) -> String {
    NameEncoding.file(text.utf8.prefix(60)) + "."
  }

  private static func plain(_ word: String) -> String {
    let bytes = NameEncoding.name(ofEncoded: word.dropLast()) ?? Array(word.utf8)
    return String(decoding: bytes, as: UTF8.self)
  }
}
