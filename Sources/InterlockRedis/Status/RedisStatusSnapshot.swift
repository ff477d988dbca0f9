internal import Interlock
internal import InterlockLocks
internal import InterlockWire

/// What a server holds of one status at a moment.
struct RedisStatusSnapshot: Sendable, Hashable {
  /// The server's time.
  var now: StatusTime
  /// The whole entry's text; nil where there is none.
  var entry: String?
  /// The flag's text; nil where there is none.
  var flag: String?
  /// What is left of the flag, in ms; −1 for no end.
  var left: Int64
  /// When the flag ends; nil when it does not.
  var ends: StatusTime?

  /// Reads the answer of the script `look`; nil when it is none.
  init?(_ value: RedisValue) {
    guard let parts = value.elements, parts.count == 5,
      let micros = parts[0].string.flatMap({ Int64($0) }), let left = parts[3].integer,
      let ends = parts[4].string.flatMap({ Int64($0) }), 0...(1 << 53) ~= micros,
      -2...(1 << 53) ~= left, 0...(1 << 53) ~= ends
    else { return nil }
    now = StatusTime(microseconds: micros)
    entry = parts[1].string
    flag = parts[2].string
    self.left = left
    if left >= 0 {
      self.ends =
        ends > 0 ? StatusTime(microseconds: ends * 1000) : now.advanced(by: .milliseconds(left))
    }
  }

  /// A flag lasts whole seconds, so it may outlive its entry by that; what it differs by more was set by somebody else.
  private static let slack: Int64 = 2_000

  /// What is set.
  ///
  /// A legacy program that took its flag away has ended the status, and one that has set it anew has begun another: what it
  /// says is what counts.
  ///
  /// - Throws: ``StatusError/Reason/unusable(_:)`` for what is no entry.
  /// - Returns: the entry; nil when the status is not set.
  func view(of key: StatusKey) throws(StatusError) -> StatusEntry? {
    guard let legacy = key.flag else { return try recorded(key) }
    guard flag != nil else { return nil }
    // Text that makes no sense is as good as none: the flag is what counts.
    if let entry = try? recorded(key), let until = entry.until, left >= 0,
      abs(left - Self.seconds(until: until, at: now) * 1000) <= Self.slack
    {
      return entry
    }
    // When it began is not known. It lasts for an hour where its program has not said otherwise.
    return StatusEntry(
      id: "flag:\(legacy.name)", key: key, owner: nil,
      since: ends.map { $0.advanced(by: .zero - StatusDraft.usual) } ?? StatusTime(microseconds: 0),
      until: ends)
  }

  private func recorded(_ key: StatusKey) throws(StatusError) -> StatusEntry? {
    guard let entry else { return nil }
    do throws(JSONError) {
      let read = try StatusEntry(json: JSONValue(parsing: Array(entry.utf8)))
      guard read.key == key else {
        throw JSONError("it is of the status '\(read.key)'", at: nil)
      }
      return read
    } catch {
      throw StatusError(
        key, .unusable("\(RedisStatusKeys(key).entry) is no status (\(error)); clear it"))
    }
  }

  /// How long the flag of what ends then is to last: never less.
  static func seconds(until: StatusTime, at now: StatusTime) -> Int64 {
    max(1, (now.duration(to: until).nanoseconds + 999_999_999) / 1_000_000_000)
  }
}
