internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// What goes with a request of this process.
struct Claim: Sendable {
  let event: @Sendable (LockEvent) -> Void
  let reason: String
  /// When it was asked for.
  let requested: Instant
  var fence: Fence?
  /// Its slot in the file; nil when there was none.
  var slot: Int?
  /// The number of the last message it was told of.
  var asked: UInt64 = 0
}

/// Something to be told, outside every lock.
struct Notice: Sendable {
  let event: @Sendable (LockEvent) -> Void
  let what: LockEvent

  func tell() { event(what) }
}

/// What the first in line waits for.
enum Obstacle: Sendable, Hashable {
  /// Another process's ticket, for one who would share, or not.
  case ticket(NearestSearch.Found, forShared: Bool)
  /// Permits, after they were given back so often.
  case permits(returned: UInt32)

  /// Whether one that waits for this learns in time that `other` is gone.
  ///
  /// Tickets end in any order. But whoever waits for a ticket, and is in its way, does not get on before that has ended.
  func covers(_ other: Obstacle, mode: LockMode) -> Bool {
    switch (self, other) {
    case (.ticket(let mine, _), .ticket(let its, _)):
      mine == its || mine.ticket < its.ticket && (mode != .shared || mine.kind == .exclusive)
    case (.permits, .permits): true
    case (.ticket, .permits), (.permits, .ticket): false
    }
  }
}
