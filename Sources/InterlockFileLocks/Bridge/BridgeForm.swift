internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// Which lock file of the legacy programs.
public enum BridgeForm: Sendable, Hashable {
  /// `.lockfile`: an empty file that is there while somebody reads the inverter.
  case inverter
  /// `.regcache_lockfile_<n>`: there while somebody reads or writes the cache of inverter n; it holds the time.
  case registerCache(inverter: Int)

  /// What the file is called.
  public var file: String {
    switch self {
    case .inverter: ".lockfile"
    case .registerCache(let inverter): ".regcache_lockfile_\(inverter)"
    }
  }

  /// The age from which a file was left behind by a program that ended.
  public var staleAfter: Duration {
    switch self {
    case .inverter: .seconds(120)
    case .registerCache: .seconds(10)
    }
  }

  /// What stands in a file that is made now.
  func content(at now: StatusTime) -> [UInt8] {
    switch self {
    case .inverter: []
    case .registerCache: Array(BridgeTime.text(now).utf8)
    }
  }

  /// For how long a file has been there.
  ///
  /// The time in it counts, where there is one that makes sense: not all legacy programs write one, and one in the
  /// future was written by another clock.
  func age(of found: FlagFile.Found, at now: StatusTime) -> Duration {
    let modified = StatusTime(microseconds: found.identity.modified / 1000)
    var since = modified
    if case .registerCache = self,
      let written = BridgeTime.parse(String(decoding: found.bytes, as: UTF8.self)), written <= now
    {
      since = written
    }
    return max(since.duration(to: now), .zero)
  }
}
