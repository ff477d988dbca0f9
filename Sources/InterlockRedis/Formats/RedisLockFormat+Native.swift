internal import InterlockLocks

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
}
