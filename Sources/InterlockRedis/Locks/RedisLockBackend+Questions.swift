public import Interlock
public import InterlockLocks

/// What is asked and answered once, by whoever can wait.
extension RedisLockBackend {
  /// Makes another mode of a grant in one step.
  ///
  /// - Throws: `LockError`.
  /// - Returns: the fence it has now; nil when others are inside.
  public func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode
  ) async throws(LockError) -> Fence? {
    guard mode.limit == nil else {
      throw LockError(name, .invalidOption("a grant cannot be turned into permits"))
    }
    let value = try await ask(
      scripts.convert, name, [format.token(token), mode == .shared ? "s" : "x"])
    let parts = value.elements?.map(\.string) ?? []
    switch (parts.first ?? nil, parts.count) {
    case ("held"?, 2): return parts[1].flatMap { UInt64($0) }.map { Fence($0) }
    case ("shared"?, 1): return nil
    default: throw LockError(name, .notHolder(token: token.text))
    }
  }

  /// Raises the fence of a grant above one that the guarded thing has seen.
  ///
  /// - Throws: `LockError`.
  /// - Returns: the new fence.
  public func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence
  ) async throws(LockError) -> Fence {
    let value = try await ask(scripts.raise, name, [format.token(token), "\(floor)"])
    guard let parts = value.elements, parts.count == 2, parts[0].string == "held",
      let number = parts[1].string.flatMap({ UInt64($0) })
    else { throw LockError(name, .notHolder(token: token.text)) }
    return Fence(number)
  }

  /// Takes a lock away from whoever holds it, who is told by a message.
  ///
  /// - Throws: `LockError`.
  /// - Returns: those that were ended.
  public func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder] {
    let attempt = try await askRepeatedly(
      scripts.force, name,
      [
        token ?? "", RemoteLockMessage.word(by), RemoteLockMessage.word(reason),
        // No token is a wish of its own: an empty one is held by nobody.
        token == nil ? "any" : "one",
      ])
    let parts = attempt.value.elements?.map { $0.string ?? "" } ?? []
    if parts.first == "ended" {
      let ended = stride(from: 1, to: parts.count - 4, by: 5).map { start in
        let part = parts[start..<start + 5].map { $0 }
        return Self.holder(part[0], part[1], part[2], left: Int64(part[3]), record: part[4])
      }
      guard ended.isEmpty, !attempt.wasRepeated else { return ended }
      throw LockError(name, .notHolder(token: token))
    }
    // An earlier try, whose answer was lost, has done it.
    guard attempt.wasRepeated, let token else {
      throw LockError(name, .notHolder(token: token))
    }
    return [LockHolder(token: token, owner: LockSession.owner(of: token), mode: .exclusive)]
  }

  /// Tells a holder by a message that somebody would like to have it.
  ///
  /// - Throws: `LockError`.
  public func askToYield(
    _ name: LockName, token: String, by: String, reason: String
  ) async throws(LockError) {
    let value = try await ask(
      scripts.ask, name, [token, RemoteLockMessage.word(by), RemoteLockMessage.word(reason)])
    guard value == .integer(1) else { throw LockError(name, .notHolder(token: token)) }
  }

  /// What is left of a grant under which something else on the server may be written in the same step; nil for none.
  package func lease(
    of token: LockToken, of name: LockName, under fence: Fence
  ) async throws(LockError) -> Duration? {
    let value = try await ask(scripts.guard, name, [format.token(token), "\(fence)"])
    guard let left = value.integer, left > 0 else { return nil }
    return .milliseconds(left)
  }

  /// Calls a script and waits for its answer.
  ///
  /// What it does again when it is sent again is repeated until there is one, for a few seconds.
  func ask(
    _ script: RedisScript, _ name: LockName, _ arguments: [String]
  ) async throws(LockError) -> RedisValue {
    try await askRepeatedly(script, name, arguments).value
  }

  private func askRepeatedly(
    _ script: RedisScript, _ name: LockName, _ arguments: [String]
  ) async throws(LockError) -> (value: RedisValue, wasRepeated: Bool) {
    let command = script.call(RedisLockKeys(name, format), [name.key] + arguments)
    let end = clock.now.advanced(by: RedisConnection.usualLimit)
    var wasRepeated = false
    while true {
      let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
      call(script, command, within: RedisConnection.usualLimit) {
        answer.give($0)
      }
      switch await answer.value {
      case .success(let value):
        if let error = Self.wrongType(value) { throw failure(name, error) }
        return (value, wasRepeated)
      case .failure(.unknown(let error)):
        guard clock.now < end else { throw failure(name, error) }
        wasRepeated = true
      case .failure(let failure): throw self.failure(name, failure.cause)
      }
    }
  }

  /// An error of the server as one about a lock.
  func failure(_ name: LockName, _ error: RedisError) -> LockError {
    driver.look { $0.unavailable(name, RemoteFault(error)) }
  }

  private static func holder(
    _ token: String, _ letter: String, _ fence: String, left: Int64?, record: String
  ) -> LockHolder {
    let known = RedisLockEntry(record)
    return LockHolder(
      token: token, owner: LockSession.owner(of: token),
      mode: letter == "x" ? .exclusive : known?.mode(limit: nil) ?? .shared,
      fence: UInt64(fence).flatMap { $0 == 0 ? nil : Fence($0) },
      left: left.flatMap { $0 < 0 ? nil : .milliseconds($0) }, reason: known?.reason ?? "")
  }
}
