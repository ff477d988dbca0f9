package import Interlock

/// Who is in the way of a request, as a server tells it.
package struct RemoteLockObstacle: Sendable, Hashable {
  /// In milliseconds; −1 for no end, −2 for nobody.
  package var left: Int64
  /// Empty for nobody.
  package var token: String
  package var mode: LockMode
  package var reason: String
  /// Whether we are told when it lets go.
  package var isOurs: Bool

  /// Nobody, unless told otherwise.
  package init(
    left: Int64 = -2, token: String = "", mode: LockMode = .exclusive, reason: String = "",
    isOurs: Bool = true
  ) {
    (self.left, self.token, self.mode) = (left, token, mode)
    (self.reason, self.isOurs) = (reason, isOurs)
  }

  /// As others are told of it; nil for nobody.
  package var holder: LockHolder? {
    guard !token.isEmpty else { return nil }
    return LockHolder(
      token: token, owner: LockSession.owner(of: token), mode: mode,
      left: left < 0 ? nil : .milliseconds(left), reason: reason)
  }
}

/// What a server answers who asks for a lock.
package enum RemoteTakeAnswer: Sendable, Hashable {
  case granted(Fence)
  case busy(RemoteLockObstacle)
  /// Place in line, counted from 0; where it stands there, to be told when it asks again.
  case queued(rank: Int64, ticket: String, RemoteLockObstacle)
  case mixed(recorded: String)
  case wrongType(key: String, found: String)
}

/// What a server answers who looks after a lock.
package struct RemotePokeAnswer: Sendable, Hashable {
  package var obstacle: RemoteLockObstacle
  /// Place in line of the token that was asked about; negative when it is not in line.
  package var rank: Int64

  package init(obstacle: RemoteLockObstacle, rank: Int64) {
    (self.obstacle, self.rank) = (obstacle, rank)
  }
}
