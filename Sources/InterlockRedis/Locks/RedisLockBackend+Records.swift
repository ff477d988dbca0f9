internal import Interlock
public import InterlockLocks

/// Looking at what is recorded; nothing is changed by it.
extension RedisLockBackend {
  /// What is recorded about a lock.
  ///
  /// - Throws: `LockError`.
  /// - Returns: its holders and waiters.
  public func record(of name: LockName) async throws(LockError) -> LockRecord {
    try await inspect(name).record(of: name)
  }

  /// What does not agree in the keys of a lock.
  ///
  /// - Throws: `LockError`.
  /// - Returns: a line for each; none when all agree.
  public func disagreements(about name: LockName) async throws(LockError) -> [String] {
    try await inspect(name).disagreements
  }

  /// What is recorded about every lock at or below a name, found by going through the server's keys.
  ///
  /// A lock in another software's form is found when one of ours has held it or waits for it; one whose name was too long
  /// for a key has what its key says of it for a name.
  ///
  /// - Throws: `LockError`.
  /// - Returns: those that are held or waited for.
  public func records(below prefix: LockName?) async throws(LockError) -> [LockRecord] {
    let unnamed = prefix ?? "*"
    var keys: Set<String> = []
    var cursor = "0"
    repeat {
      let value = try await send(
        RedisCommand("SCAN", cursor, "MATCH", format.pattern(prefix), "COUNT", "1000"), unnamed)
      guard let parts = value.elements, parts.count == 2, let next = parts[0].string,
        let found = parts[1].elements
      else { throw failure(unnamed, .server("\(value)")) }
      cursor = next
      for key in found.compactMap(\.string) {
        // A side key ends with a colon and its letter; a key of ours stands for itself.
        let base = key.dropLast(key.dropLast().hasSuffix(":") ? 2 : 0)
        if let key = format.keyOfSideKey(String(base)) { keys.insert(key) }
      }
    } while cursor != "0"
    var records: [LockRecord] = []
    let own = prefix.map(format.key)
    let named = keys.compactMap { key in
      // Of a name that is too long for a key, the key tells only part.
      (key == own ? prefix : format.lockName(key)).map { (name: $0, key: key) }
    }
    for (name, key) in named.sorted(by: {
      $0.name.text.utf8.lexicographicallyPrecedes($1.name.text.utf8)
    }) {
      guard prefix.map({ format.isBelow(name, $0) }) ?? true else { continue }
      let record = try await inspect(name, key: key).record(of: name)
      if !record.isIdle { records.append(record) }
    }
    return records
  }

  private func inspect(
    _ name: LockName, key: String? = nil
  ) async throws(LockError) -> RedisLockInspection {
    let keys = RedisLockKeys(key: key ?? format.key(name), format)
    let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
    let command = scripts.inspect.call(keys, [name.key])
    call(scripts.inspect, command, within: RedisConnection.usualLimit) {
      answer.give($0)
    }
    let value = try await taken(answer, name)
    if let error = Self.wrongType(value) { throw failure(name, error) }
    guard let inspection = RedisLockInspection(value, keys) else {
      throw failure(name, .server("\(value)"))
    }
    return inspection
  }

  private func send(_ command: RedisCommand, _ name: LockName) async throws(LockError) -> RedisValue
  {
    let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
    connection.send(command) { answer.give($0) }
    return try await taken(answer, name)
  }

  private func taken(
    _ answer: FirstAnswer<Result<RedisValue, RedisFailure>>, _ name: LockName
  ) async throws(LockError) -> RedisValue {
    switch await answer.value {
    case .success(let value): return value
    case .failure(let failure): throw self.failure(name, failure.cause)
    }
  }
}
