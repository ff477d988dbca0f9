internal import Interlock
package import InterlockLocks
package import InterlockSystem
package import InterlockWire

/// The file with a whole entry: `.<name>.il.json`.
///
/// Besides the entry it has what tells whether that still holds: the run of the machine it was written in, with the end
/// by the clock that does not jump, and which flag file it belongs to.
package struct StatusSidecar: Sendable, Hashable {
  /// The most bytes that are read: an entry with everything escaped has less.
  package static let longest = 65_536

  /// The run of the machine that the entry was recorded in.
  package struct Boot: Sendable, Hashable {
    /// What names the run.
    package var id: String
    /// When the status ends, in nanoseconds since the machine was started.
    package var until: Int64
  }

  /// What is set.
  package var entry: StatusEntry
  /// In which run of the machine; nil when nobody knew.
  package var boot: Boot?
  /// The flag it belongs to; nil for a status that has none.
  package var flag: FlagFile.Identity?

  /// What is to be recorded at a moment.
  init(_ entry: StatusEntry, flag: FlagFile.Identity?, at moment: StatusMoment) {
    self.entry = entry
    self.flag = flag
    if let until = entry.until, !moment.bootID.isEmpty {
      let left = moment.time.duration(to: until)
      boot = Boot(id: moment.bootID, until: moment.uptime.advanced(by: left).nanoseconds)
    }
  }

  /// Reads what `bytes` wrote; members it does not know are left out.
  ///
  /// - Throws: What is missing or is no part of it.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    let value = try JSONValue(parsing: bytes)
    entry = try StatusEntry(json: value)
    var fields = try JSONFields(value)
    if var run = try fields.fields("boot") {
      boot = Boot(
        id: try run.required("id"), until: try Self.number(try run.required("until"), run))
    }
    if var file = try fields.fields("flag") {
      flag = FlagFile.Identity(
        inode: try file.required("inode"),
        modified: try Self.number(try file.required("modified"), file),
        size: try file.required("size"))
    }
  }

  /// The bytes of the file: one line.
  package var bytes: [UInt8] {
    var object = entry.json
    if let boot { object["boot"] = ["id": .string(boot.id), "until": .string("\(boot.until)")] }
    if let flag {
      object["flag"] = [
        "inode": .integer(flag.inode), "modified": .string("\(flag.modified)"),
        "size": .integer(flag.size),
      ]
    }
    return Array((JSONValue.object(object).serialized() + "\n").utf8)
  }

  /// The entry, with its end where the time of day has it at a moment.
  ///
  /// In the run it was recorded in, the clock that does not jump decides: an end moves with the time of day when that
  /// was set by two seconds or more. After a restart, the time of day is all there is.
  func entry(at moment: StatusMoment) -> StatusEntry {
    guard let boot, boot.id == moment.bootID, let until = entry.until else { return entry }
    let left = moment.uptime.duration(to: Instant(nanoseconds: boot.until))
    let shift = until.duration(to: moment.time.advanced(by: left)).components
    guard abs(shift.seconds) >= 2 else { return entry }
    var moved = entry
    moved.until = until.advanced(by: .seconds(shift.seconds))
    return moved
  }

  /// A number of nanoseconds, which JSON's numbers do not hold everywhere.
  private static func number(_ text: String, _ fields: JSONFields) throws(JSONError) -> Int64 {
    guard let number = Int64(text) else {
      throw JSONError("\(fields.path): a whole number as text is expected", at: fields.position)
    }
    return number
  }
}
