internal import Interlock

/// A store of keys that expire, shared by processes: each call is one step on the server.
///
/// The lock backends take its place: Redis with its scripts, and the others that keep a lease.
actor KeyStore {
  struct Entry: Sendable {
    let token: String
    let fence: Int
    let expires: Instant
  }

  private var entries: [String: Entry] = [:]
  private var lastFence = 0
  private let clock = SystemClock()

  private func current(_ key: String) -> Entry? {
    guard let entry = entries[key], entry.expires > clock.now else { return nil }
    return entry
  }

  /// Puts a token in if the key is free.
  ///
  /// - Returns: a number that grows with each owner; nil when another has the key.
  func acquire(_ key: String, _ token: String, for term: Duration) -> Int? {
    guard current(key) == nil else { return nil }
    lastFence += 1
    entries[key] = Entry(token: token, fence: lastFence, expires: clock.now.advanced(by: term))
    return lastFence
  }

  /// Whose the key is.
  func owner(_ key: String) -> String? { current(key)?.token }

  /// Prolongs the term of this token's entry.
  func extend(_ key: String, _ token: String, for term: Duration) -> Bool {
    guard let entry = current(key), entry.token == token else { return false }
    entries[key] = Entry(
      token: token, fence: entry.fence, expires: clock.now.advanced(by: term))
    return true
  }

  /// Removes the key, whoever has it.
  func delete(_ key: String) { entries[key] = nil }

  /// Removes the key if it is this token's.
  func delete(_ key: String, ifOwnedBy token: String) -> Bool {
    guard current(key)?.token == token else { return false }
    entries[key] = nil
    return true
  }
}
