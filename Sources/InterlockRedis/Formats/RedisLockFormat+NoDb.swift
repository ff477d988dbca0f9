internal import InterlockLocks
internal import InterlockWire

/// The form of NoDb's locks of documents, with the mirror that its readers look at.
///
/// | what | where |
/// | --- | --- |
/// | lock | string `nodb-lock:RUNID:RELPATH`, whole seconds: `{"token":"…","owner":"host:pid","acquired_at":…,"expires_at":…,"ttl":…}` |
/// | mirror | hash `RUNID`, field `locked:RELPATH`: `true` or `false` |
///
/// A name is `RUNID|RELPATH`. What is compared is the `token` member; a value that has none is a token as a whole, as
/// older writers leave it. A renewal writes the new end with the same token. A lock that ends by time leaves the mirror
/// saying `true`, until somebody takes the lock or asks for it, as it always did; what is asked about a lock tells it.
///
/// Lock, mirror and side keys are in different slots: this form is not for a cluster.
extension RedisLockFormat {
  /// Locks of NoDb's documents.
  package static let nodb: RedisLockFormat = {
    var format = nodbKeys
    format.fault = { NoDbName($0.text).fault }
    format.isBelow = { NoDbName($0.text).isBelow(NoDbName($1.text)) }
    return format
  }()

  private static let nodbKeys = RedisLockFormat(
    name: "nodb", key: { "nodb-lock:\(NoDbName($0.text).key)" }, sideKey: { "il:{\($0)}" },
    keyOfSideKey: { key in
      guard key.hasPrefix("il:{nodb-lock:"), key.hasSuffix("}") else { return nil }
      return String(key.dropFirst("il:{".count).dropLast())
    },
    pattern: { below in
      "il:{nodb-lock:\(below.map { RedisPattern.escaped(NoDbName($0.text).key) } ?? "")*"
    },
    lockName: { key in
      let parts = key.dropFirst("nodb-lock:".count).split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      return try? LockName(verbatim: "\(parts[0])|\(parts[1])")
    },
    token: { Hex.encode(Array(digest(of: $0).prefix(16))) }, lua: lua, leaseUnit: 1000,
    foreignYield: 16)

  private static let lua = Lua(
    token: """
      local function read(value)
        local isRead, found = pcall(cjson.decode, value)
        return isRead and type(found) == 'table' and type(found.token) == 'string' and found
      end
      local function tokenOf(value)
        local found = read(value)
        return found and found.token or value
      end
      local function put(key, token, owner, since, lease)
        local ttl, now = math.ceil(lease / 1000), tonumber(redis.call('TIME')[1])
        redis.call('SET', key, string.format(
          '{"token":"%s","owner":%s,"acquired_at":%.0f,"expires_at":%.0f,"ttl":%.0f}',
          token, (string.gsub(cjson.encode(owner), '\\\\/', '/')), since or now, now + ttl, ttl), 'EX', ttl)
      end
      """,
    hold: """
      local function mirror(value)
        local run, path = string.match(K, '^nodb%-lock:([^:]*):(.*)$')
        if run then redis.call('HSET', run, 'locked:' .. path, value) end
      end
      local function hold(token, lease)
        -- Who asks has its client's channel recorded, and the client's key says who it is.
        local client = string.match(redis.call('HGET', W, token) or '', 'il:c:(%x+)')
        put(K, token, client and redis.call('GET', 'il:a:' .. client) or 'unknown:0', nil, lease)
        mirror('true')
      end
      """,
    extend: """
      local function extend(key, value, token, lease)
        local found = read(value)
        if not found then return redis.call('EXPIRE', key, math.ceil(lease / 1000)) end
        put(key, token, type(found.owner) == 'string' and found.owner or 'unknown:0',
          type(found.acquired_at) == 'number' and found.acquired_at, lease)
        -- Their release deletes the key before it resets the mirror, which may be ours by then.
        local run, path = string.match(key, '^nodb%-lock:([^:]*):(.*)$')
        if run then redis.pcall('HSET', run, 'locked:' .. path, 'true') end
      end
      """,
    drop: """
      local function drop(token)
        redis.call('DEL', K)
        mirror('false')
      end
      """,
    oddity: """
      local function oddity(isHeld)
        local run, path = string.match(K, '^nodb%-lock:([^:]*):(.*)$')
        local told = run and redis.pcall('HGET', run, 'locked:' .. path)
        if type(told) == 'table' then return 'the hash ' .. run .. ' of mirrors is no hash' end
        -- Older entries hold the payload instead of true.
        local isTold = told and told ~= 'false'
        if isTold == isHeld or not isTold and not isHeld then return '' end
        return string.format('the mirror locked:%s of %s says %s, and %s', path, run,
          told or 'nothing', isHeld and 'it is held' or 'nobody holds it')
      end
      """)
}

/// A name in NoDb's form, `RUNID|RELPATH`.
package struct NoDbName: Sendable, Hashable {
  /// The run; the hash with its mirrors is called so.
  package let run: Substring
  /// With forward slashes, as its readers write them; nil when only a run is named.
  private let path: String?

  /// Reads a name.
  package init(_ text: String) {
    let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    run = parts[0]
    path = parts.count == 2 ? String(parts[1].map { $0 == "\\" ? "/" : $0 }) : nil
  }

  /// `RUNID:RELPATH`.
  package var key: String { path.map { "\(run):\($0)" } ?? String(run) }

  /// The field of the mirror in the run's hash; nil when only a run is named.
  package var field: String? { path.map { "locked:\($0)" } }

  /// Why it is no lock's.
  var fault: String? {
    guard let path, !path.isEmpty, !run.isEmpty, !run.contains(":") else {
      return "a lock of NoDb's is RUNID|RELPATH, with no colon in RUNID"
    }
    return nil
  }

  /// Whether it is what `scope` names: a run, or a path in one, and all that is below.
  package func isBelow(_ scope: NoDbName) -> Bool {
    guard run == scope.run else { return false }
    guard let limit = scope.path, !limit.isEmpty else { return true }
    guard let path else { return false }
    return path == limit || path.hasPrefix(limit.hasSuffix("/") ? limit : "\(limit)/")
  }
}
