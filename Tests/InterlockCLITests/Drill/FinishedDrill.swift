import Foundation
import InterlockWire
import Testing

/// A drill that ran in a process of its own, with few processes and requests; and what it told.
struct FinishedDrill {
  let status: Int32
  let report: JSONValue

  /// Runs one by files in a folder.
  init(_ name: String, files folder: String, _ more: String...) throws {
    try self.init(
      try Program.run(
        ["drill", "run", name, "--backend", "file://\(folder)"] + Self.size + more))
  }

  /// Runs one on a Redis server that was started for it.
  init(_ name: String, redis isPersistent: Bool, _ more: String...) throws {
    try self.init(
      try Program.run(
        [
          "-c", #"I=$0; exec "$I" "$@" --backend $REDIS_URL --restart-with "$REDIS_RESTART""#,
          Program.path.path(), "drill", "run", name,
        ] + Self.size + more, isPersistent: isPersistent))
  }

  private static let size = ["--processes", "3", "--requests", "3", "--json"]

  private init(_ ended: Program.Ended) throws {
    status = ended.status
    try #require(ended.errors == "", "\(ended)")
    report = try JSONValue(parsing: ended.output)
  }

  var passed: Bool? { report["passed"]?.bool }
  var overlaps: Int? { report["two_inside"]?.number?.exactly() }
  var grants: Int { report["grants"]?.number?.exactly() ?? 0 }
  var faults: String {
    (report["faults"]?.array ?? []).compactMap(\.string).joined(separator: "; ")
  }
  var saw: String { (report["saw"]?.array ?? []).compactMap(\.string).joined(separator: "; ") }
}

extension Program {
  /// Runs a shell with a Redis server.
  fileprivate static func run(_ words: [String], isPersistent: Bool) throws -> Ended {
    try run(
      ["PERSISTENT=\(isPersistent ? 1 : 0)", "\(root)/Scripts/with-redis", "bash"] + words,
      executable: URL(filePath: "/usr/bin/env"))
  }

  /// The checkout.
  static var root: String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path()
  }
}
