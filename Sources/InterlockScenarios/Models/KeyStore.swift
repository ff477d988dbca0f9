internal import Interlock

/// A store of keys that expire, shared by processes: each call is one step on the server.
///
/// What programs without a lock manager use; the guarded forms use the client, on a simulated store.
actor KeyStore {
  struct Entry: Sendable {
    let token: String
    let fence: Fence
    let expires: Instant
  }

  private var entries: [String: Entry] = [:]
  private var grants: UInt64 = 0
  private let clock = SystemClock()

  private func current(_ key: String) -> Entry? {
    guard let entry = entries[key], entry.expires > clock.now else { return nil }
    return entry
  }

  /// Puts a token in if the key is free.
  ///
  /// - Returns: a number that grows with each owner; nil when another has the key.
  func acquire(_ key: String, _ token: String, for term: Duration) -> Fence? {
    guard current(key) == nil else { return nil }
    grants += 1
    let fence = Fence(grants)
    entries[key] = Entry(token: token, fence: fence, expires: clock.now.advanced(by: term))
    return fence
  }

  /// Whose the key is.
  func owner(_ key: String) -> String? { current(key)?.token }

  /// Removes the key, whoever has it.
  func delete(_ key: String) { entries[key] = nil }

  /// Removes the key if it is this token's.
  func delete(_ key: String, ifOwnedBy token: String) -> Bool {
    guard current(key)?.token == token else { return false }
    entries[key] = nil
    return true
  }
}
