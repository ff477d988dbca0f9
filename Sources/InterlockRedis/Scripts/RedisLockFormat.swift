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

    package init(token: String, hold: String, extend: String, drop: String) {
      (self.token, self.hold, self.extend, self.drop) = (token, hold, extend, drop)
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
  /// The name of the lock with that key.
  package var lockName: @Sendable (_ key: String) -> LockName?
  /// What stands for a request on the server.
  package var token: @Sendable (LockToken) -> String
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
    token: @escaping @Sendable (LockToken) -> String = { $0.text }, lua: Lua = .plain,
    leaseUnit: Int = 1, foreignYield: Int
  ) {
    self.name = name
    self.key = key
    self.sideKey = sideKey
    self.keyOfSideKey = keyOfSideKey
    self.pattern = pattern
    self.lockName = lockName
    self.token = token
    self.lua = lua
    self.leaseUnit = leaseUnit
    self.foreignYield = foreignYield
  }

  /// Whether taking is `SET NX PX` of the token and giving back is `DEL`: then both are one short step while nobody waits.
  package var isPlain: Bool { lua == .plain }

  /// A lease in milliseconds, as this format writes it: never shorter.
  package func lease(_ term: Duration) -> Int64 {
    let milliseconds = max(1, (term.nanoseconds + 999_999) / 1_000_000)
    let unit = Int64(leaseUnit)
    return (milliseconds + unit - 1) / unit * unit
  }
}

extension RedisLockFormat {
  /// Ours: `il:l:{name}` and `il:l:{name}:q` and so on; nothing in a name has a meaning to the server.
  package static let native = RedisLockFormat(
    name: "native", key: { "il:l:{\($0.key)}" }, sideKey: { $0 },
    keyOfSideKey: { key in
      key.hasPrefix("il:l:{") && key.hasSuffix("}") ? key : nil
    },
    pattern: { prefix in "il:l:{\(prefix.map { RedisPattern.escaped($0.key) } ?? "")*" },
    lockName: { key in
      let text = key.dropFirst("il:l:{".count).dropLast()
      // A name that was too long for a key is listed by what its key says of it.
      guard let bytes = NameEncoding.name(ofEncoded: text) else {
        return try? LockName(verbatim: String(text))
      }
      return try? LockName(verbatim: String(decoding: bytes, as: UTF8.self))
    }, foreignYield: 0)

  /// Those of redis-py, and of whoever uses `SET key token NX PX`: the name is the key, byte for byte.
  package static let redisPy = RedisLockFormat(
    name: "redis-py", key: { $0.text }, sideKey: { "il:{\($0)}" },
    keyOfSideKey: { key in
      guard key.hasPrefix("il:{"), key.hasSuffix("}") else { return nil }
      return String(key.dropFirst("il:{".count).dropLast())
    },
    pattern: { prefix in "il:{\(prefix.map { RedisPattern.escaped($0.text) } ?? "")*" },
    lockName: { try? LockName(verbatim: $0) }, foreignYield: 16)
}

/// Patterns of the server's `SCAN`.
package enum RedisPattern {
  /// A pattern that only the text itself matches.
  package static func escaped(_ text: String) -> String {
    let special: Set<Character> = ["*", "?", "[", "]", "^", "-", "\\"]
    return String(text.flatMap { special.contains($0) ? ["\\", $0] : [$0] })
  }
}

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
