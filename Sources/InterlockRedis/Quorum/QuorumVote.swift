internal import Interlock
internal import InterlockLocks

/// What one server says to the script `take`, or `fence`.
enum QuorumVote: Sendable, Hashable {
  /// It votes for whoever asks; its fence register stands at that.
  case granted(Fence)
  /// Another has its vote, or its turn.
  case refused(RemoteLockObstacle)
  /// It did not vote; whether it did what it was asked is not known, or it did not.
  case failed(RedisError, mayHaveVoted: Bool)

  init(_ result: Result<RedisValue, RedisFailure>) {
    switch result {
    case .success(let value): self = Self.read(value)
    case .failure(.unknown(let error)): self = .failed(error, mayHaveVoted: true)
    case .failure(let failure): self = .failed(failure.cause, mayHaveVoted: false)
    }
  }

  private static func read(_ value: RedisValue) -> QuorumVote {
    let parts = value.elements?.map(\.string) ?? []
    switch (parts.first ?? nil, parts.count) {
    case ("granted"?, 2), ("held"?, 2):
      if let fence = parts[1].flatMap({ UInt64($0) }) { return .granted(Fence(fence)) }
    case ("busy"?, 4):
      let token = parts[2] ?? ""
      return .refused(
        RemoteLockObstacle(
          left: parts[1].flatMap { Int64($0) }, mode: "x", token: token, record: parts[3],
          isOurs: token.hasPrefix("il1:") || parts[3] != ""))
    case ("gone"?, 1): return .refused(RemoteLockObstacle())
    case ("type"?, 3):
      return .failed(.wrongType("\(parts[1] ?? "") is \(parts[2] ?? "")"), mayHaveVoted: false)
    default: break
    }
    return .failed(.server("\(value)"), mayHaveVoted: true)
  }

  /// Whether the server may hold a vote for whoever asked, which is then to be given back.
  var mayHaveVoted: Bool {
    switch self {
    case .granted: true
    case .refused: false
    case .failed(_, let mayHaveVoted): mayHaveVoted
    }
  }
}
