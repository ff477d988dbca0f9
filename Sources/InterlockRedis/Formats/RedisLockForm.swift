/// Whose locks on a server: ours, or those of other software, on its own keys.
///
/// In every form but ours the key, and what stands in it, are what that software writes and expects; what only we need stands
/// in keys beside it. Among ourselves everything is as in our own form; towards the other software there is no order,
/// because it polls, and it knows no fences.
public enum RedisLockForm: String, Sendable, Hashable, CaseIterable {
  /// Ours.
  case native
  /// redis-py's `Lock`, and whatever uses `SET key token NX PX`: the name is the key.
  case redisPy = "redis-py"
  /// python-redis-lock: `lock:NAME`.
  case redisLock = "redis-lock"
  /// NoDb's documents: `nodb-lock:RUNID:RELPATH` and its mirror. Names are `RUNID|RELPATH`.
  case nodb
  /// GivTCP's Redis lock manager: `givtcp:lock:RESOURCE`.
  case givtcp

  package var format: RedisLockFormat {
    switch self {
    case .native: .native
    case .redisPy: .redisPy
    case .redisLock: .redisLock
    case .nodb: .nodb
    case .givtcp: .givtcp
    }
  }
}
