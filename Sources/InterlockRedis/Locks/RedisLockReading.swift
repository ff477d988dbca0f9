internal import InterlockLocks

/// Everything that reads what a server or another client says of a lock, for the fuzzer.
package enum RedisLockReading {
  /// Reads a value as every answer that there is, and its text as a message; traps when one of them does.
  package static func readAll(_ value: RedisValue) {
    _ = RemoteTakeAnswer(value)
    _ = RemotePokeAnswer(value)
    _ = value.bytes.flatMap { RemoteLockMessage($0) }
    _ = value.string.flatMap { RedisLockEntry($0) }
    _ = RedisLockInspection(value, RedisLockKeys(key: "il:l:{x}", .native))
      .map { ($0.record(of: "x"), $0.disagreements) }
    if case .error(let text) = value { _ = "\(RedisError(reply: text))" }
    var server = RedisServer()
    server.read(value.string ?? "")
    _ = server.isSupported
  }
}
