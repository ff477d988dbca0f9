internal import Interlock
package import InterlockLocks

/// How a kind of lock looks on the server: the key, what stands in it, and how it is taken and given back.
///
/// Ours have a key of their own. Those of other software keep theirs, exactly as that software wants to find it; what only
/// we need stands in side keys, which it never looks at. A format is a value: a new one is a new value, and no new code in
/// the scripts or the backend.
package struct RedisLockFormat: Sendable {
  /// What the scripts do where formats differ: definitions of Lua functions, which see `K`, `now`, `micros` and `ARGV`.
  package struct Lua: Sendable, Hashable {
    /// `tokenOf(value)`: the token in a value of `K`, whoever wrote it.
    package var token: String
    /// `hold(token, lease)`: puts the token into `K`, for `lease` milliseconds, whatever was there.
    package var hold: String
    /// `extend(key, value, token, lease)`: gives the holder another lease; `value` is what the key holds.
    package var extend: String
    /// `drop(token)`: takes the token out of `K`, and whatever else a release consists of.
    package var drop: String
    /// `oddity(isHeld)`: what else the server says of the lock that does not agree with `isHeld`, in words; empty for nothing.
    package var oddity: String

    package init(
      token: String, hold: String, extend: String, drop: String,
      oddity: String = "local function oddity(isHeld) return '' end"
    ) {
      (self.token, self.hold, self.extend, self.drop) = (token, hold, extend, drop)
      self.oddity = oddity
    }

    /// The token in a string that expires.
    package static let plain = Lua(
      token: "local function tokenOf(value) return value end",
      hold: "local function hold(token, lease) redis.call('SET', K, token, 'PX', lease) end",
      extend:
        "local function extend(key, value, token, lease) redis.call('PEXPIRE', key, lease) end",
      drop: "local function drop(token) redis.call('DEL', K) end")
  }

  /// What it goes by.
  package var name: String
  /// The key of a lock.
  package var key: @Sendable (LockName) -> String
  /// What the side keys of that key begin with.
  package var sideKey: @Sendable (_ key: String) -> String
  /// The key that a side key belongs to; nil when it is no side key of this format.
  package var keyOfSideKey: @Sendable (_ sideKey: String) -> String?
  /// What the side keys of every lock at or below a name match, and perhaps others; of all locks for nil.
  package var pattern: @Sendable (_ prefix: LockName?) -> String
  /// Whether a lock is the one a prefix names, or below it.
  package var isBelow: @Sendable (_ name: LockName, _ prefix: LockName) -> Bool = {
    $0.isBelow($1)
  }
  /// Why no lock of this format has that name; nil when one may.
  package var fault: @Sendable (LockName) -> String? = { _ in nil }
  /// The name of the lock with that key.
  package var lockName: @Sendable (_ key: String) -> LockName?
  /// What stands for a request on the server.
  package var token: @Sendable (LockToken) -> String
  /// Whether that is our own token, which tells who holds.
  package var hasOwnTokens: Bool
  /// Where formats differ.
  package var lua: Lua
  /// Leases are whole multiples of this many milliseconds.
  package var leaseUnit: Int
  /// After so many hand-overs among us the key is left free for a moment, for those who poll; 0 for never.
  package var foreignYield: Int

  package init(
    name: String, key: @escaping @Sendable (LockName) -> String,
    sideKey: @escaping @Sendable (String) -> String,
    keyOfSideKey: @escaping @Sendable (String) -> String?,
    pattern: @escaping @Sendable (LockName?) -> String,
    lockName: @escaping @Sendable (String) -> LockName?,
    token: (@Sendable (LockToken) -> String)? = nil, lua: Lua = .plain,
    leaseUnit: Int = 1, foreignYield: Int
  ) {
    self.name = name
    self.key = key
    self.sideKey = sideKey
    self.keyOfSideKey = keyOfSideKey
    self.pattern = pattern
    self.lockName = lockName
    self.token = token ?? { $0.text }
    hasOwnTokens = token == nil
    self.lua = lua
    self.leaseUnit = leaseUnit
    self.foreignYield = foreignYield
  }

  /// Whether taking is `SET NX PX` of our token and giving back is `DEL`: then both are one short step while nobody waits.
  package var isPlain: Bool { lua == .plain && hasOwnTokens }

  /// A lease in milliseconds, as this format writes it: never shorter.
  package func lease(_ term: Duration) -> Int64 {
    let milliseconds = max(1, (term.nanoseconds + 999_999) / 1_000_000)
    let unit = Int64(leaseUnit)
    return (milliseconds + unit - 1) / unit * unit
  }
}
