internal import InterlockCrypto
internal import InterlockLocks
internal import InterlockWire

/// The forms of other software: the key and what stands in it exactly as that software writes and expects them.
extension RedisLockFormat {
  /// A format whose key is found from the name, and the name from the key; our side keys are `il:{key}:…`.
  private static func foreign(
    _ name: String, prefix: String = "", token: (@Sendable (LockToken) -> String)? = nil,
    lua: Lua = .plain, leaseUnit: Int = 1
  ) -> RedisLockFormat {
    RedisLockFormat(
      name: name, key: { "\(prefix)\($0.text)" }, sideKey: { "il:{\($0)}" },
      keyOfSideKey: { key in
        guard key.hasPrefix("il:{"), key.hasSuffix("}") else { return nil }
        let foreign = String(key.dropFirst("il:{".count).dropLast())
        return foreign.hasPrefix(prefix) ? foreign : nil
      },
      pattern: { below in
        "il:{\(RedisPattern.escaped(prefix + (below?.text ?? "")))*"
      },
      lockName: { key in
        key.hasPrefix(prefix) ? try? LockName(verbatim: String(key.dropFirst(prefix.count))) : nil
      },
      token: token, lua: lua, leaseUnit: leaseUnit, foreignYield: 16)
  }

  /// Those of redis-py's `Lock`, and of whoever uses `SET key token NX PX`: the name is the key, byte for byte.
  package static let redisPy = foreign("redis-py")

  /// Those of python-redis-lock: `lock:NAME`, 24 characters of base64, whole seconds; who waits blocks at the list
  /// `lock-signal:NAME`, into which a release puts one element for a second.
  package static let redisLock = foreign(
    "redis-lock", prefix: "lock:",
    token: { token in
      Base64.encode(Array(digest(of: token).prefix(18)))
    },
    lua: Lua(
      token: Lua.plain.token, hold: Lua.plain.hold, extend: Lua.plain.extend,
      drop: """
        local function drop(token)
          local signal = 'lock-signal:' .. string.sub(K, 6)
          redis.call('DEL', K, signal)
          redis.call('LPUSH', signal, '1')
          redis.call('PEXPIRE', signal, 1000)
        end
        """), leaseUnit: 1000)

  /// Those of GivTCP's Redis lock manager: `givtcp:lock:RESOURCE`, the text of a UUID, whole seconds.
  package static let givtcp = foreign(
    "givtcp", prefix: "givtcp:lock:",
    token: { token in
      var bytes = Array(digest(of: token).prefix(16))
      // RFC 9562, section 5.4: version 4, and the variant.
      bytes[6] = bytes[6] & 0x0f | 0x40
      bytes[8] = bytes[8] & 0x3f | 0x80
      let digits = Hex.encode(bytes)
      var groups: [Substring] = []
      var rest = digits[...]
      for length in [8, 4, 4, 4, 12] {
        groups.append(rest.prefix(length))
        rest = rest.dropFirst(length)
      }
      return groups.joined(separator: "-")
    }, leaseUnit: 1000)

  /// What a token of ours becomes where it has to look otherwise: as unique, and as hard to guess.
  static func digest(of token: LockToken) -> [UInt8] {
    SHA256.digest(of: Array(token.text.utf8))
  }
}
