package import InterlockLocks

/// The five keys of a lock.
package struct RedisLockKeys: Sendable, Hashable {
  /// In the order the scripts want them.
  package let all: [String]
  /// They and their number, as they are sent.
  let encoded: [UInt8]

  package init(_ name: LockName, _ format: RedisLockFormat) {
    self.init(key: format.key(name), format)
  }

  package init(key: String, _ format: RedisLockFormat) {
    let side = format.sideKey(key)
    all = [key] + ["q", "w", "s", "f"].map { "\(side):\($0)" }
    encoded = RedisCommand.encoded(["\(all.count)"] + all)
  }

  /// Where the holder stands.
  package var key: String { all[0] }
  /// Where shared and permit holders stand.
  package var shared: String { all[3] }
  /// Where the last fence stands.
  package var register: String { all[4] }
}
