internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockSystem
internal import InterlockWire

/// How a status is shown: a line for people, an object for programs.
struct StatusLine {
  let entry: StatusEntry
  let now: StatusTime

  /// A status, shown at this moment.
  init(_ entry: StatusEntry) {
    self.entry = entry
    now = StatusTime(microseconds: WallClock.nanoseconds / 1000)
  }

  private var left: Duration? { entry.until.map { max(now.duration(to: $0), .zero) } }

  /// One line.
  var text: String {
    var words = ["\(entry.key)"]
    words.append(left.map { "for another \($0.forReading)" } ?? "without an end")
    words.append("since \(Timestamp(entry.since))")
    words.append("by " + (entry.owner.map { "\($0)" } ?? "another program"))
    if entry.isStale { words.append("which is gone") }
    if !entry.reason.isEmpty { words.append("(\(entry.reason.withoutControls))") }
    return words.joined(separator: "  ")
  }

  /// The object; `set` is true in every one of them.
  var json: JSONObject {
    var object = entry.json
    object["name"] = .string(entry.key.title)
    object["since"] = .string("\(Timestamp(entry.since))")
    object["until"] = entry.until.map { .string("\(Timestamp($0))") } ?? .null
    object["fence"] = entry.fence.map { .string("\($0)") } ?? .null
    object["left_ms"] = left.map { .integer($0.nanoseconds / 1_000_000) } ?? .null
    object["stale"] = .bool(entry.isStale)
    object["set"] = true
    return object
  }

  /// Prints it in the form asked for.
  static func print(
    _ entry: StatusEntry, _ arguments: Arguments, _ console: Console
  ) throws(OutputError) {
    let line = StatusLine(entry)
    let asJSON = arguments.has(ArgumentParser.json)
    try console.print(asJSON ? JSONValue.object(line.json).serialized() : line.text)
  }

  /// Prints that a status is not set, in the form asked for; for people, nothing.
  static func printNone(
    _ key: StatusKey, _ arguments: Arguments, _ console: Console
  ) throws(OutputError) {
    guard arguments.has(ArgumentParser.json) else { return }
    let object: JSONObject = [
      "name": .string(key.title), "scope": key.scope.map { .string($0.text) } ?? .null,
      "set": false,
    ]
    try console.print(JSONValue.object(object).serialized())
  }
}

extension Timestamp {
  fileprivate init(_ time: StatusTime) {
    self.init(nanoseconds: time.microseconds.multipliedReportingOverflow(by: 1000).partialValue)
  }
}

extension StatusKey {
  /// The status a command names.
  ///
  /// - Throws: `StatusError` when it is no name.
  init(_ arguments: Arguments) throws {
    self.init(
      try StatusName(arguments.operands[0]),
      scope: try arguments[BoardOption.scope].map { try StatusName($0) })
  }
}
