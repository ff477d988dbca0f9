/// Why a server did not do what it was asked.
package enum RedisError: Error, Sendable, Hashable {
  /// No connection: the system's words.
  case unreachable(String)
  /// It is not who it should be, or does not speak TLS.
  case untrusted(String)
  /// It did not answer within so many seconds.
  case silent(String)
  /// The connection ended.
  case disconnected(String)
  /// What it sent is not what a Redis server sends.
  case protocolViolation(String)
  /// It does not know the user and password.
  case wrongPassword
  /// It wants a password, and none was given.
  case authenticationRequired
  /// The user may not.
  case notPermitted(String)
  /// It is older than what is needed.
  case tooOld(version: String)
  /// It reads its data from disk.
  case loading
  /// A script of somebody's runs, and does not end.
  case busy
  /// It does not write because it cannot save.
  case misconfigured(String)
  /// It has no memory left.
  case outOfMemory
  /// It is a replica, which does not write.
  case readOnly
  /// It does not know the script.
  case noScript
  /// A key holds something of another kind.
  case wrongType(String)
  /// So many commands wait for it that no more may.
  case queueFull(Int)
  /// The connection was closed from this side.
  case closed
  /// Anything else it said.
  case server(String)

  /// What a refusal of the server means.
  package init(reply text: String) {
    let code = text.prefix { $0 != " " }
    switch code {
    case "WRONGPASS": self = .wrongPassword
    case "NOAUTH": self = .authenticationRequired
    case "NOPERM": self = .notPermitted(text)
    case "NOPROTO": self = .tooOld(version: "it has no RESP3")
    case "LOADING": self = .loading
    case "BUSY": self = .busy
    case "MISCONF": self = .misconfigured(text)
    case "OOM": self = .outOfMemory
    case "READONLY", "MASTERDOWN": self = .readOnly
    case "NOSCRIPT": self = .noScript
    case "WRONGTYPE": self = .wrongType(text)
    default: self = .server(text)
    }
  }

  /// Whether trying again by itself would do no good.
  package var isOfConfiguration: Bool {
    switch self {
    case .untrusted, .wrongPassword, .authenticationRequired, .notPermitted, .tooOld: true
    case .unreachable, .silent, .disconnected, .protocolViolation, .loading, .busy, .misconfigured,
      .outOfMemory, .readOnly, .noScript, .wrongType, .queueFull, .closed, .server:
      false
    }
  }
}

extension RedisError: CustomStringConvertible {
  /// What happened, and what to do.
  package var description: String {
    switch self {
    case .unreachable(let cause): cause
    case .untrusted(let cause): cause
    case .silent(let limit): "it did not answer within \(limit)"
    case .disconnected(let cause): "the connection ended: \(cause)"
    case .protocolViolation(let what): "\(what), which no Redis server does; is it one?"
    case .wrongPassword: "it does not accept the user and password"
    case .authenticationRequired: "it wants a password: redis://:password@host or user:password@"
    case .notPermitted(let text): "the user may not do that: \(text)"
    case .tooOld(let version): "Redis 6.2 or later is needed, and this is older: \(version)"
    case .loading: "it is still reading its data from disk; try again soon"
    case .busy: "a script runs there and does not end; SCRIPT KILL ends it"
    case .misconfigured(let text): "it does not write because it cannot save: \(text)"
    case .outOfMemory: "it has no memory left; raise its maxmemory"
    case .readOnly: "it is a replica and does not write; name the primary"
    case .noScript: "it does not know a script"
    case .wrongType(let text): text
    case .queueFull(let count): "\(count) commands wait for it and no more may"
    case .closed: "the connection was closed"
    case .server(let text): text
    }
  }
}

/// What is known of a command that was not carried out as asked.
package enum RedisFailure: Error, Sendable, Hashable {
  /// It never left: nothing has happened.
  case notSent(RedisError)
  /// It left and nothing came back: it may have happened.
  case unknown(RedisError)
  /// The server said no.
  case refused(RedisError)

  /// Why.
  package var cause: RedisError {
    switch self {
    case .notSent(let error), .unknown(let error), .refused(let error): error
    }
  }
}
