internal import Interlock
internal import InterlockLocks

/// One request of this client, from asking to having given back.
struct RedisLockRequest: Sendable {
  /// What it is at.
  enum Phase: Sendable, Hashable {
    /// It is being asked for.
    case asking
    /// It is in line on the server.
    case inLine
    /// It is its turn, and that is being confirmed.
    case claiming
    case held
    /// It was told that it does not hold, and the server is told too.
    case leaving
    case releasing
  }

  /// What does not change, in one place: requests are handed around by value.
  final class Details: Sendable {
    let token: LockToken
    /// What stands for it on the server.
    let text: String
    let name: LockName
    /// What messages call the lock.
    let word: String
    let keys: RedisLockKeys
    let mode: LockMode
    let term: Duration
    /// In milliseconds, as the server is told.
    let lease: String
    let waits: Bool
    /// In decimal; empty for none.
    let floor: String
    let reason: String
    let listener: RedisLockTable.Listener

    init(
      _ request: LockRequest, _ format: RedisLockFormat, _ place: RedisLockPlaces.Place,
      _ listener: @escaping RedisLockTable.Listener
    ) {
      token = request.token
      text = format.token(request.token)
      name = request.name
      word = place.word
      keys = place.keys
      mode = request.mode
      term = request.term
      lease = "\(format.lease(request.term))"
      waits = request.waits
      floor = request.floor.map { "\($0)" } ?? ""
      reason = request.reason
      self.listener = listener
    }
  }

  let details: Details
  /// Counts up: the order of requests here.
  var number: UInt64 = 0
  var phase = Phase.asking
  /// Its place in line; 0 until it has one.
  var ticket = "0"
  /// Whether the server may know of it although it did not say so.
  var wasSent = false
  /// Who was in the way when that was last told.
  var obstacle: RedisLockObstacle?
  /// When it is answered whatever comes, or forgotten.
  var giveUp: Instant?
  /// What it is told once the server has taken it out of line.
  var refusal: LockRefusal?
  /// Told what came of giving back; nil when it has been.
  var released: RedisLockTable.ReleaseAnswer?
  /// Whether giving back was tried before and is not known to have been done.
  var isReleaseUncertain = false
  /// Until when it may be recorded, once it is to be forgotten.
  var recordedUntil = Instant.distantFuture

  init(_ details: Details) { self.details = details }

  var token: LockToken { details.token }
  var text: String { details.text }
  var name: LockName { details.name }
  var key: String { details.keys.key }
  var mode: LockMode { details.mode }
  var term: Duration { details.term }
  var waits: Bool { details.waits }
  var listener: RedisLockTable.Listener { details.listener }

  /// `x`, `s` or `p`.
  var letter: String {
    switch mode {
    case .exclusive: "x"
    case .shared: "s"
    case .permits: "p"
    }
  }

  var weight: Int { if case .permits(let weight, _) = mode { weight } else { 1 } }

  /// Whether it waits, or may.
  var isOpen: Bool {
    switch phase {
    case .asking, .inLine, .claiming: true
    case .held, .leaving, .releasing: false
    }
  }
}

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
