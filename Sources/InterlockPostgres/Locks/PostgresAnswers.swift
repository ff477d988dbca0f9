internal import Interlock
internal import InterlockLocks

/// Who is in the way, as the function `in_the_way` tells it: `o|f left session mode weight permits token reason`.
struct PostgresObstacle: Sendable, Hashable {
  /// As every server tells it.
  var obstacle: RemoteLockObstacle
  /// What the holder's connection keeps; 0 for nobody.
  var session: Int64

  /// Nil when it is none.
  init?(_ text: Substring) {
    let parts = text.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
    guard parts.count == 8, let left = Int64(parts[1]), let session = Int64(parts[2]),
      let mode = LockMode(letter: parts[3], weight: parts[4], permits: parts[5])
    else { return nil }
    self.session = session
    obstacle = RemoteLockObstacle(
      left: left, token: parts[6] == "-" ? "" : String(parts[6]), mode: mode,
      reason: String(parts[7]), isOurs: parts[0] == "o")
  }
}

extension LockMode {
  /// As the tables have it; nil when it is none.
  init?(letter: Substring, weight: Substring, permits: Substring) {
    switch letter {
    case "x": self = .exclusive
    case "s": self = .shared
    case "p":
      guard let weight = Int(weight), let permits = Int(permits),
        1...Self.mostPermits ~= permits, 1...permits ~= weight
      else { return nil }
      self = .permits(weight, of: permits)
    default: return nil
    }
  }
}

/// What the function `take` answers.
struct PostgresTakeAnswer: Sendable, Hashable {
  var answer: RemoteTakeAnswer
  /// Where it waits: who is in the way.
  var way: PostgresObstacle?

  /// Nil when it is none.
  init?(_ text: String) {
    let (word, rest) = text.wordAndRest
    switch word {
    case "granted":
      guard let fence = UInt64(rest) else { return nil }
      answer = .granted(Fence(fence))
    case "busy":
      guard let way = PostgresObstacle(rest) else { return nil }
      answer = .busy(way.obstacle)
    case "queued":
      let parts = rest.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let rank = Int64(parts[0]), UInt64(parts[1]) != nil,
        let way = PostgresObstacle(parts[2])
      else { return nil }
      self.way = way
      answer = .queued(rank: rank, ticket: String(parts[1]), way.obstacle)
    case "mixed": answer = .mixed(recorded: String(rest))
    default: return nil
    }
  }
}

/// What the function `poke` answers.
struct PostgresPokeAnswer: Sendable, Hashable {
  var answer: RemotePokeAnswer
  var way: PostgresObstacle

  /// Nil when it is none.
  init?(_ text: String) {
    let (word, rest) = text.wordAndRest
    guard let rank = Int64(word), let way = PostgresObstacle(rest) else { return nil }
    self.way = way
    answer = RemotePokeAnswer(obstacle: way.obstacle, rank: rank)
  }
}

/// What one client tells another by way of the database.
enum PostgresMessage: Sendable, Hashable {
  /// It is that request's turn.
  case granted(token: String, Fence)
  /// It is first in line.
  case first(token: String, PostgresObstacle)
  case revoked(token: String, by: String, reason: String)
  case asked(token: String, by: String, reason: String)

  /// Nil when it is none: anybody may notify anybody.
  init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let token = String(parts[1])
    switch parts[0] {
    case "g":
      guard let fence = UInt64(parts[2]) else { return nil }
      self = .granted(token: token, Fence(fence))
    case "h":
      guard let way = PostgresObstacle(parts[2]) else { return nil }
      self = .first(token: token, way)
    case "r", "y":
      let words = parts[2].split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 2 else { return nil }
      let (by, reason) = (RemoteLockMessage.text(words[0]), RemoteLockMessage.text(words[1]))
      self =
        parts[0] == "r"
        ? .revoked(token: token, by: by, reason: reason)
        : .asked(token: token, by: by, reason: reason)
    default: return nil
    }
  }

  /// As every server tells it.
  var plain: RemoteLockMessage {
    switch self {
    case .granted(let token, let fence): .granted(token: token, fence)
    case .first(let token, let way):
      .first(token: token, left: way.obstacle.left, isOurs: way.obstacle.isOurs)
    case .revoked(let token, let by, let reason): .revoked(token: token, by: by, reason: reason)
    case .asked(let token, let by, let reason): .asked(token: token, by: by, reason: reason)
    }
  }
}

extension String {
  /// What is before and after the first space.
  fileprivate var wordAndRest: (word: Substring, rest: Substring) {
    guard let space = firstIndex(of: " ") else { return (self[...], "") }
    return (self[..<space], self[index(after: space)...])
  }
}
