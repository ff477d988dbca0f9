package import InterlockLocks

extension RemoteFault {
  /// What an error of a Redis server means for a lock.
  package init(_ error: RedisError) {
    self =
      switch error {
      case .wrongType(let what): .wrongType(what)
      case .notPermitted(let what): .notPermitted(what)
      case .readOnly: .readOnly
      case .unreachable, .untrusted, .silent, .disconnected, .protocolViolation, .wrongPassword,
        .authenticationRequired, .tooOld, .loading, .busy, .misconfigured, .outOfMemory, .noScript,
        .queueFull, .closed, .server:
        .other("\(error)")
      }
  }
}

extension RemoteFailure {
  /// What a failure of a command means for a step of a lock.
  package init(_ failure: RedisFailure) {
    self =
      switch failure {
      case .notSent(let error): .notSent(RemoteFault(error))
      case .unknown(let error): .unknown(RemoteFault(error))
      case .refused(let error): .refused(RemoteFault(error))
      }
  }
}
