public import Interlock
public import InterlockLocks

/// What is asked and answered once, by whoever can wait.
extension RedisQuorumBackend {
  /// An exclusive grant stays one.
  ///
  /// - Throws: `LockError` for any other mode.
  /// - Returns: the fence it has.
  public func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode
  ) async throws(LockError) -> Fence? {
    guard mode == .exclusive else {
      throw LockError(name, .invalidOption(Self.onlyExclusive(mode)))
    }
    return try await raiseFence(of: token, of: name, above: Fence(0))
  }

  /// Raises the fence of a grant above one that the guarded thing has seen, at most servers.
  ///
  /// - Throws: `LockError`.
  /// - Returns: the new fence.
  public func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence
  ) async throws(LockError) -> Fence {
    var fence = Fence(floor.number + 1)
    // Once to learn of the greatest register; nobody but the holder raises one while it holds.
    for _ in 0..<Self.tries {
      let text = format.token(token)
      let answers = await ask(scripts.fence, name, [name.key, text, "\(fence)"])
      var registers: [Fence] = []
      var refused = 0
      for answer in answers {
        switch QuorumVote(answer) {
        case .granted(let register): registers.append(register)
        case .refused: refused += 1
        case .failed: break
        }
      }
      guard registers.count >= majority, let greatest = registers.max() else {
        guard refused > servers.count - majority else { throw unreachable(name, answers) }
        throw LockError(name, .notHolder(token: token.text))
      }
      if registers.count(where: { $0 == fence }) >= majority, greatest == fence { return fence }
      fence = max(Fence(greatest.number + 1), fence)
    }
    throw LockError(
      name, .unavailable(backend: title, cause: "its servers do not agree on a fence"))
  }

  /// Takes a lock away at every server that votes for its holder, who is told by a message.
  ///
  /// - Throws: `LockError`.
  /// - Returns: who was ended.
  public func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder] {
    let holders = try await record(of: name).holders
    guard let token else {
      guard let holder = holders.first else { throw LockError(name, .notHolder(token: nil)) }
      return try await forceUnlock(name, expecting: holder.token, by: by, reason: reason)
    }
    guard let holder = holders.first(where: { $0.token == token }) else {
      throw LockError(name, .notHolder(token: token))
    }
    let answers = await ask(
      scripts.force, name,
      [name.key, token, RemoteLockMessage.word(by), RemoteLockMessage.word(reason)])
    let words = answers.map { (try? $0.get())?.elements?.first?.string }
    guard words.count(where: { $0 != nil }) >= majority else { throw unreachable(name, answers) }
    // Told by the first, the holder itself gives back what others have not ended yet.
    guard words.contains("ended") else { throw LockError(name, .notHolder(token: token)) }
    return [holder]
  }

  /// Tells a holder by a message that somebody would like to have it.
  ///
  /// - Throws: `LockError`.
  public func askToYield(
    _ name: LockName, token: String, by: String, reason: String
  ) async throws(LockError) {
    let answers = await ask(
      scripts.ask, name,
      [name.key, token, RemoteLockMessage.word(by), RemoteLockMessage.word(reason)])
    let words = answers.map { try? $0.get() }
    guard !words.contains(.integer(1)) else { return }
    guard words.contains(nil), words.count(where: { $0 != nil }) < majority else {
      throw LockError(name, .notHolder(token: token))
    }
    throw unreachable(name, answers)
  }

  /// What is recorded about a lock, by most of the servers.
  ///
  /// - Throws: `LockError` when fewer than a majority answer.
  /// - Returns: its holder and waiters.
  public func record(of name: LockName) async throws(LockError) -> LockRecord {
    try await inspect(name, QuorumKeys(name, format)).record
  }

  /// Where servers do not say the same about a lock, or say nothing.
  ///
  /// - Throws: `LockError` when fewer than a majority answer.
  /// - Returns: a line for each; none when all agree.
  public func disagreements(about name: LockName) async throws(LockError) -> [String] {
    try await inspect(name, QuorumKeys(name, format)).disagreements(servers.map(\.title))
  }

  /// What is recorded about every lock at or below a name, found by going through the servers' keys.
  ///
  /// - Throws: `LockError` when fewer than a majority answer.
  /// - Returns: those that are held or waited for.
  public func records(below prefix: LockName?) async throws(LockError) -> [LockRecord] {
    let unnamed = prefix ?? "*"
    var keys: Set<String> = []
    var answered = 0
    var failures: [Result<RedisValue, RedisFailure>] = []
    for server in servers {
      switch await self.keys(at: server, below: prefix) {
      case .success(let found):
        answered += 1
        keys.formUnion(found)
      case .failure(let failure): failures.append(.failure(failure))
      }
    }
    guard answered >= majority else { throw unreachable(unnamed, failures) }
    let own = prefix.map(format.key)
    let named = keys.compactMap { key in
      // Of a name that is too long for a key, the key tells only part.
      (key == own ? prefix : format.lockName(key)).map { (name: $0, key: key) }
    }
    var records: [LockRecord] = []
    for (name, key) in named.sorted(by: {
      $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8)
    }) {
      guard prefix.map(name.isBelow) ?? true else { continue }
      let record = try await inspect(name, QuorumKeys(key: key, format)).record
      if !record.isIdle { records.append(record) }
    }
    return records
  }

  // MARK: Parts

  private static let tries = 3
  private var majority: Int { QuorumRound.majority(of: place.servers.count) }

  private func keys(
    at server: QuorumServer, below prefix: LockName?
  ) async -> Result<Set<String>, RedisFailure> {
    var keys: Set<String> = []
    var cursor = "0"
    repeat {
      let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
      let command = RedisCommand("SCAN", cursor, "MATCH", format.pattern(prefix), "COUNT", "1000")
      server.connection.send(command, within: Self.inspectionLimit) { answer.give($0) }
      switch await answer.value {
      case .failure(let failure): return .failure(failure)
      case .success(let value):
        guard let parts = value.elements, parts.count == 2, let next = parts[0].string,
          let found = parts[1].elements
        else { return .failure(.refused(.server("\(value)"))) }
        cursor = next
        for key in found.compactMap(\.string) {
          // A side key ends with a colon and its letter; a key of ours stands for itself.
          let base = key.dropLast(key.dropLast().hasSuffix(":") ? 2 : 0)
          if let key = format.keyOfSideKey(String(base)) { keys.insert(key) }
        }
      }
    } while cursor != "0"
    return .success(keys)
  }

  private func inspect(
    _ name: LockName, _ keys: QuorumKeys
  ) async throws(LockError) -> QuorumRecord {
    let answers = await ask(scripts.inspect, name, [name.key], keys: keys)
    for case .success(let value) in answers {
      if let error = RedisLockBackend.wrongType(value), case .wrongType(let what) = error {
        throw LockError(name, .wrongType(what))
      }
    }
    let found = answers.map { answer in (try? answer.get()).flatMap { QuorumInspection($0) } }
    guard found.count(where: { $0 != nil }) >= majority else { throw unreachable(name, answers) }
    return QuorumRecord(name: name, servers: found)
  }

  /// Whoever asks to see waits this long for a server at most.
  private static let inspectionLimit = Duration.seconds(1)

  /// Asks all servers and waits for what each says.
  private func ask(
    _ script: RedisScript, _ name: LockName, _ arguments: [String], keys: QuorumKeys? = nil
  ) async -> [Result<RedisValue, RedisFailure>] {
    let keys = (keys ?? QuorumKeys(name, format)).all
    let answers = servers.map { server in
      let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
      server.call(
        script, keys: keys, arguments, within: Self.inspectionLimit, waits: true
      ) { answer.give($0) }
      return answer
    }
    var results: [Result<RedisValue, RedisFailure>] = []
    for answer in answers { results.append(await answer.value) }
    return results
  }

  private func unreachable(
    _ name: LockName, _ answers: [Result<RedisValue, RedisFailure>]
  ) -> LockError {
    var cause = "\(majority) of its \(servers.count) servers have to answer"
    for case .failure(let failure) in answers { cause += "; \(failure.cause)" }
    return LockError(name, .unavailable(backend: title, cause: cause))
  }
}
