internal import Interlock

/// Lets a warning through once in a while and counts the repetitions in between.
///
/// Errors and what is below a warning always pass: the first are rare and matter, the others are
/// asked for by their level.
struct RepeatLimiter: Sendable {
  /// How long the same words stay silent.
  static let interval = Duration.seconds(10)
  /// The most different messages that are watched; more than the program has.
  static let capacity = 256

  private struct Entry {
    var since: Instant
    var leftOut = 0
  }

  private var entries: [String: Entry] = [:]

  /// Whether a record passes.
  ///
  /// - Returns: how many of the same were left out before it; nil when it is left out itself.
  mutating func admit(_ record: LogRecord, at now: Instant) -> Int? {
    guard record.level == .warning else { return 0 }
    if let entry = entries[record.message], entry.since.advanced(by: Self.interval) > now {
      entries[record.message]?.leftOut += 1
      return nil
    }
    let leftOut = entries[record.message]?.leftOut ?? 0
    if entries.count >= Self.capacity {
      entries = entries.filter { $0.value.since.advanced(by: Self.interval) > now }
    }
    if entries.count < Self.capacity { entries[record.message] = Entry(since: now) }
    return leftOut
  }
}
