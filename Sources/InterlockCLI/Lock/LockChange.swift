internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// What has changed about a lock between two looks at it.
struct LockChange: Equatable {
  enum Kind: String {
    /// A grant that was not there.
    case granted
    /// A grant that is there no more.
    case released
    /// Somebody stands in line.
    case queued
    /// Somebody left the line without a grant.
    case left
  }

  let kind: Kind
  let token: String
  let owner: LockOwner?
  let mode: LockMode

  /// What has changed; first what ended, then what began, each in the order of the line.
  static func between(_ former: LockRecord, _ present: LockRecord) -> [LockChange] {
    let held = Set(present.holders.map(\.token))
    let waiting = Set(present.waiters.map(\.token))
    let formerHeld = Set(former.holders.map(\.token))
    let formerWaiting = Set(former.waiters.map(\.token))
    return former.holders.filter { !held.contains($0.token) }.map { change(.released, $0) }
      + former.waiters.filter { !waiting.contains($0.token) && !held.contains($0.token) }
      .map { change(.left, $0) }
      + present.holders.filter { !formerHeld.contains($0.token) }.map { change(.granted, $0) }
      + present.waiters.filter { !formerWaiting.contains($0.token) }.map { change(.queued, $0) }
  }

  private static func change(_ kind: Kind, _ holder: LockHolder) -> LockChange {
    LockChange(kind: kind, token: holder.token, owner: holder.owner, mode: holder.mode)
  }

  private static func change(_ kind: Kind, _ waiter: LockWaiter) -> LockChange {
    LockChange(kind: kind, token: waiter.token, owner: waiter.owner, mode: waiter.mode)
  }

  /// The change of a lock as an object.
  func json(_ name: LockName, at time: String) -> JSONValue {
    [
      "time": .string(time), "event": .string(kind.rawValue), "name": .string(name.text),
      "token": .string(token), "host": owner.map { .string($0.host) } ?? .null,
      "process": owner.map { .integer($0.process) } ?? .null, "mode": .string("\(mode)"),
    ]
  }

  /// The change of a lock for a person.
  func line(_ name: LockName, at time: String) -> String {
    let who = owner.map { "\($0)" } ?? token.escapedForDisplay
    return "\(time)  \(name)  \(kind.rawValue) \(mode) \(who)"
  }
}
