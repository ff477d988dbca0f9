internal import InterlockLocks

/// Why a database did not do what it was asked.
package enum PostgresError: Error, Sendable, Hashable {
  /// No connection, in libpq's words.
  case unreachable(String)
  /// It did not answer within so long.
  case silent(String)
  /// The connection ended.
  case disconnected(String)
  /// Something stands between that shares its connections among clients.
  case pooled
  /// It is older than what is needed.
  case tooOld(version: String)
  /// What it has for locks was made by a later version of this.
  case newer(version: Int, ours: Int)
  /// So many calls wait for it that no more may.
  case queueFull(Int)
  /// The connection was closed from this side.
  case closed
  /// It said no: the code of the error (`SQLSTATE`) and its words.
  case refused(code: String, String)
}

extension PostgresError: CustomStringConvertible {
  /// What happened, and what to do.
  package var description: String {
    switch self {
    case .unreachable(let cause): cause
    case .silent(let limit): "it did not answer within \(limit)"
    case .disconnected(let cause): "the connection ended: \(cause)"
    case .pooled:
      "a pooler stands between, which takes away the session that a lock is held by; connect to the server itself"
    case .tooOld(let version): "PostgreSQL 14 or later is needed, and this is \(version)"
    case .newer(let version, let ours):
      "its schema interlock has version \(version), and this program knows \(ours); use a later program"
    case .queueFull(let count): "\(count) calls wait for it and no more may"
    case .closed: "the connection was closed"
    case .refused(_, let text): text
    }
  }
}

/// What is known of a call that was not carried out as asked.
enum PostgresFailure: Error, Sendable, Hashable {
  /// It never left: nothing has happened.
  case notSent(PostgresError)
  /// It left and nothing came back: it may have happened.
  case unknown(PostgresError)
  /// The database said no.
  case refused(PostgresError)

  /// Why.
  var cause: PostgresError {
    switch self {
    case .notSent(let error), .unknown(let error), .refused(let error): error
    }
  }
}

extension RemoteFault {
  /// What an error of a database means for a lock.
  init(_ error: PostgresError) {
    self =
      switch error {
      case .refused("25006", _): .readOnly
      case .refused("42501", let text): .notPermitted(text)
      default: .other("\(error)")
      }
  }
}

extension RemoteFailure {
  /// What a failure of a call means for a step of a lock.
  init(_ failure: PostgresFailure) {
    self =
      switch failure {
      case .notSent(let error): .notSent(RemoteFault(error))
      case .unknown(let error): .unknown(RemoteFault(error))
      case .refused(let error): .refused(RemoteFault(error))
      }
  }
}
