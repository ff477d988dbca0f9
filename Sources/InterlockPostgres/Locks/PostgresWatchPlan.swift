internal import Interlock
internal import InterlockLocks

/// Which holders' connections are to be watched: pure.
///
/// The first in line is told when a holder lets go, and not when its process dies: the database ends its connection then, and
/// whoever waits for the number that it kept is woken. One connection can wait for one number.
struct PostgresWatchPlan: Sendable {
  /// A line whose first is here, and whose holder is elsewhere.
  private struct Line: Sendable {
    var session: Int64
    /// Since when it is known that this one is in the way.
    var since: Instant
  }

  /// Hand-overs are quicker than that, as a rule: each watch is a statement that the database goes on with.
  static let patience = Duration.milliseconds(250)
  /// Connections for it; those in the way beyond them are noticed when their terms end.
  static let mostWatches = 4

  private var lines: [String: Line] = [:]
  private var watched: Set<Int64> = []

  /// Who is in the way of a line.
  mutating func note(_ line: String, isFirst: Bool, session: Int64, at now: Instant) {
    guard isFirst, session != 0 else {
      lines[line] = nil
      return
    }
    guard lines[line]?.session != session else { return }
    lines[line] = Line(session: session, since: now)
  }

  /// When the next line has waited for long enough; nil when none is to be watched beyond those that are.
  var nextDeadline: Instant? {
    guard watched.count < Self.mostWatches else { return nil }
    return lines.values.filter { !watched.contains($0.session) }
      .map { $0.since.advanced(by: Self.patience) }.min()
  }

  /// The sessions that are to be watched from now on; what `isWaiting` does not know of is forgotten.
  mutating func begin(at now: Instant, _ isWaiting: (String) -> Bool) -> [Int64] {
    lines = lines.filter { isWaiting($0.key) }
    var begun: [Int64] = []
    for line in lines.values.sorted(by: { $0.since < $1.since })
    where now >= line.since.advanced(by: Self.patience) && !watched.contains(line.session)
      && watched.count < Self.mostWatches
    {
      watched.insert(line.session)
      begun.append(line.session)
    }
    return begun
  }

  /// Whether somebody still waits for a session; what `isWaiting` does not know of is forgotten.
  mutating func isWanted(_ session: Int64, _ isWaiting: (String) -> Bool) -> Bool {
    lines = lines.filter { isWaiting($0.key) }
    return lines.values.contains { $0.session == session }
  }

  /// A watch is over: of whoever has died, the lines are looked after, and it is in the way no longer.
  mutating func end(_ session: Int64, hasDied: Bool, at now: Instant) -> [String] {
    watched.remove(session)
    let waiting = lines.filter { $0.value.session == session }.map(\.key).sorted()
    // What could not be watched is tried again, and not at once.
    for line in waiting { lines[line] = hasDied ? nil : Line(session: session, since: now) }
    return hasDied ? waiting : []
  }

  /// Nobody waits here.
  mutating func forgetAll() { lines = [:] }
}
