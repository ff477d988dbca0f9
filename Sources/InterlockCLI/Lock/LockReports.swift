internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

extension Report {
  /// All that is recorded about a lock.
  init(_ record: LockRecord) {
    self.init()
    add("name", .string(record.name.text), "\(record.name)")
    add("held", .bool(!record.holders.isEmpty), record.holders.isEmpty ? "no" : "yes")
    // As text: not every reader of JSON has so many digits.
    add(
      "fence", record.fence.map { .string("\($0)") } ?? .null, record.fence.map { "\($0)" } ?? "–")
    add("holders", record.holders.map { Report($0) })
    add("waiters", record.waiters.enumerated().map { Report($1, position: $0 + 1) })
  }

  /// One who holds a lock.
  init(_ holder: LockHolder) {
    self.init()
    add(token: holder.token, holder.owner, holder.mode, holder.isAlive)
    add(
      "fence", holder.fence.map { .string("\($0)") } ?? .null, holder.fence.map { "\($0)" } ?? "–")
    add("age_ms", Self.milliseconds(holder.age), holder.age.map { "\($0.inSeconds) s" } ?? "–")
    add(
      "left_ms", Self.milliseconds(holder.left),
      holder.left.map { "\($0.inSeconds) s" } ?? "it does not end by time")
    add("reason", .string(holder.reason), holder.reason.escapedForDisplay)
  }

  /// One who waits for a lock.
  init(_ waiter: LockWaiter, position: Int) {
    self.init()
    add("position", .integer(position))
    add(token: waiter.token, waiter.owner, waiter.mode, waiter.isAlive)
    add("age_ms", Self.milliseconds(waiter.age), waiter.age.map { "\($0.inSeconds) s" } ?? "–")
    add("reason", .string(waiter.reason), waiter.reason.escapedForDisplay)
  }

  /// What became of a grant that was to be ended.
  init(_ name: LockName, _ holder: LockHolder, _ outcome: ClearedLock.Outcome) {
    self.init()
    add("name", .string(name.text), "\(name)")
    add("outcome", .string(outcome.word))
    add("holder", Report(holder))
  }

  private mutating func add(
    token: String, _ owner: LockOwner?, _ mode: LockMode, _ isAlive: Bool?
  ) {
    add("token", .string(token), token.escapedForDisplay)
    add("host", owner.map { .string($0.host) } ?? .null, owner?.host.escapedForDisplay ?? "–")
    add(
      "process", owner.map { .integer($0.process) } ?? .null, owner.map { "\($0.process)" } ?? "–")
    add(
      "command", owner.map { .string($0.command) } ?? .null, owner?.command.escapedForDisplay ?? "–"
    )
    add("mode", .string("\(mode)"))
    add(
      "alive", isAlive.map { .bool($0) } ?? .null,
      isAlive.map { $0 ? "yes" : "no" } ?? "not to be told from here")
  }

  private static func milliseconds(_ duration: Duration?) -> JSONValue {
    duration.map { .integer($0.nanoseconds / 1_000_000) } ?? .null
  }
}

extension ClearedLock.Outcome {
  /// As reports have it.
  var word: String {
    switch self {
    case .ended: "ended"
    case .yielded: "yielded"
    case .kept: "kept"
    }
  }
}

extension LockRecord {
  /// The lock on one line, for a person.
  var line: String {
    var parts = holders.map { holder in
      var text = "\(holder.mode) by \(holder.inWords)"
      if let left = holder.left { text += ", \(left.inSeconds)s left" }
      if holder.isAlive == false { text += ", which is gone" }
      return text
    }
    if parts.isEmpty { parts = ["free"] }
    if !waiters.isEmpty { parts.append("\(waiters.count) in line") }
    return "\(name)  \(parts.joined(separator: "; "))"
  }
}
