internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockWire

extension ConformanceChecker {
  /// flags.json: the flag files of older programs, what they say, and until when.
  static let flags = ConformanceChecker(
    schema: "flags.json",
    lists: [
      List("files") { (current) throws(JSONError) in try checkFile(&current) },
      List("not_flags") { (current) throws(JSONError) in
        if let flag = LegacyFlag(file: try current.input("", as: String.self)) {
          current.mismatch("file", expected: "no flag", got: flag.name)
        }
      },
    ])

  /// Times are local in the file, and so any one offset will do.
  private struct Calendar: LocalCalendar {
    func offset(at seconds: Int64) -> Int64 { 0 }
  }

  private static func checkFile(_ current: inout ConformanceCase) throws(JSONError) {
    let text: String = try current.input("content")
    let mtime: String = try current.input("mtime")
    guard let written = BridgeTime.parse(mtime) else {
      throw JSONError("mtime: “\(mtime)” is no time", at: current.value.position)
    }
    let flag = LegacyFlag(file: try current.input("file", as: String.self))
    try current.expect("status", flag.map { .string($0.status.rawValue) } ?? .null)
    try current.expect("instance", number: flag?.instance)
    let content = LegacyFlagContent(parsing: Array(text.utf8))
    try current.expect("payload", content.job.map { .string($0) } ?? .null)
    let until = content.until(writtenAt: written, in: Calendar())
    try current.expect("until", .string(String(BridgeTime.text(until).prefix(19))))
  }
}
