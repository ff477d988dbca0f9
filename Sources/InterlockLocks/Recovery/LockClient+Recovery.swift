internal import Interlock

/// Which grants are to be ended.
public enum ForcedGrant: Sendable, Hashable {
  /// The one that goes by this token.
  case token(String)
  /// Whoever holds it.
  case anyHolder
}

/// Which locks are cleared, and how.
public enum ClearPolicy: Sendable, Hashable {
  /// Only those whose holders are known to be gone.
  case orphans
  /// Their holders are asked, and have so long to give them back; then they are ended.
  case graceful(Duration)
  /// All, at once.
  case now
}

/// What became of one grant.
public struct ClearedLock: Sendable, Hashable {
  /// What became of it.
  public enum Outcome: Sendable, Hashable {
    /// It was ended.
    case ended
    /// Its holder gave it back when it was asked.
    case yielded
    /// It was left alone: its holder is there, or may be.
    case kept
  }

  /// The lock.
  public var name: LockName
  /// Who held it.
  public var holder: LockHolder
  /// What became of it.
  public var outcome: Outcome
}

extension LockClient {
  /// Takes a lock away from whoever holds it; the next in line has it then, under a greater fence.
  ///
  /// A holder that is connected is told at once, its body cancelled; one that is not finds out at its next renewal, and
  /// what it writes with its fence is refused.
  ///
  /// - Parameters:
  ///   - name: Which lock.
  ///   - grant: Which grant is to be ended.
  ///   - reason: Why; shown to the holder.
  /// - Returns: those that were ended.
  /// - Throws: ``LockError``, with ``LockError/Reason/notHolder(token:)`` when that grant does not hold it.
  @discardableResult
  public func forceUnlock(
    _ name: LockName, expecting grant: ForcedGrant, reason: String = ""
  ) async throws -> [LockHolder] {
    let token: String? = if case .token(let token) = grant { token } else { nil }
    let ended = try await backend.forceUnlock(
      name, expecting: token, by: "\(backend.session.owner)", reason: reason)
    for holder in ended { noteForced(name, holder) }
    return ended
  }

  /// Frees locks at or below a name.
  ///
  /// Only what holds a lock now is ended, by its token: whoever comes later is not.
  ///
  /// - Parameters:
  ///   - prefix: The name; nil for all locks.
  ///   - policy: Which, and how.
  ///   - reason: Why; shown to holders.
  /// - Returns: what became of each grant.
  /// - Throws: ``LockError`` when the locks cannot be listed, or one cannot be ended.
  public func clear(
    below prefix: LockName?, _ policy: ClearPolicy = .orphans, reason: String = ""
  ) async throws -> [ClearedLock] {
    let held = try await backend.records(below: prefix).flatMap { record in
      record.holders.map { (name: record.name, holder: $0) }
    }
    switch policy {
    case .orphans:
      return try await held.asyncMap { name, holder in
        guard holder.isAlive == false else {
          return ClearedLock(name: name, holder: holder, outcome: .kept)
        }
        return try await end(holder, of: name, reason)
      }
    case .now: return try await held.asyncMap { try await end($1, of: $0, reason) }
    case .graceful(let time): return try await yielded(held, within: time, reason)
    }
  }

  /// How often it is looked whether those who were asked have given back.
  private static let pace = Duration.milliseconds(20)

  private func yielded(
    _ held: [(name: LockName, holder: LockHolder)], within time: Duration, _ reason: String
  ) async throws -> [ClearedLock] {
    let deadline = backend.clock.now.advanced(by: time)
    for (name, holder) in held {
      do throws(LockError) {
        try await backend.askToYield(
          name, token: holder.token, by: "\(backend.session.owner)", reason: reason)
      } catch {
        // It was given back meanwhile.
        guard case .notHolder = error.reason else { throw error }
      }
    }
    var waiting = held
    var cleared: [ClearedLock] = []
    while !waiting.isEmpty {
      var still: [(name: LockName, holder: LockHolder)] = []
      for (name, holder) in waiting {
        let isHeld = try await backend.record(of: name).holders.contains {
          $0.token == holder.token
        }
        if isHeld {
          still.append((name, holder))
        } else {
          cleared.append(ClearedLock(name: name, holder: holder, outcome: .yielded))
        }
      }
      waiting = still
      let now = backend.clock.now
      guard !waiting.isEmpty, now < deadline else { break }
      try await backend.clock.sleep(until: min(deadline, now.advanced(by: Self.pace)))
    }
    for (name, holder) in waiting { cleared.append(try await end(holder, of: name, reason)) }
    return cleared
  }

  private func end(
    _ holder: LockHolder, of name: LockName, _ reason: String
  ) async throws -> ClearedLock {
    do throws(LockError) {
      let ended = try await backend.forceUnlock(
        name, expecting: holder.token, by: "\(backend.session.owner)", reason: reason)
      for holder in ended { noteForced(name, holder) }
      return ClearedLock(name: name, holder: holder, outcome: .ended)
    } catch {
      // It was given back meanwhile, and is not to be ended in the hands of the next.
      guard case .notHolder = error.reason else { throw error }
      return ClearedLock(name: name, holder: holder, outcome: .yielded)
    }
  }

  private func noteForced(_ name: LockName, _ holder: LockHolder) {
    metrics.count(name) { $0.forced += 1 }
    log?(
      LockLogEntry(
        level: .warning, message: "Lock broken for resource: \(name), held by \(holder.inWords)",
        fence: holder.fence, token: holder.token))
  }
}

extension Array {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
