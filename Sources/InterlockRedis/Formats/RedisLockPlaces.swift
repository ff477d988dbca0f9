internal import InterlockLocks

/// What the server calls the locks of this process, which most use again and again.
struct RedisLockPlaces: Sendable {
  struct Place: Sendable {
    /// What messages call the lock.
    let word: String
    let keys: RedisLockKeys
  }

  /// Names that are remembered; when there are more, all are forgotten, and made again as they are used.
  private static let most = 1_024

  private var places: [LockName: Place] = [:]

  mutating func place(of name: LockName, _ format: RedisLockFormat) -> Place {
    if let known = places[name] { return known }
    if places.count >= Self.most { places.removeAll() }
    let place = Place(word: name.key, keys: RedisLockKeys(name, format))
    places[name] = place
    return place
  }
}
