public import Foundation

/// The Python of the tests' own, in which other software is installed that they talk to.
public enum PeerPython {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Its interpreter.
  public static let program = root.appending(path: ".venv/bin/python")

  /// Whether tests that need it are run: in a pipeline its absence is a failure, not a reason to leave them out.
  public static let isHere =
    FileManager.default.isExecutableFile(atPath: program.path())
    || ProcessInfo.processInfo.environment["CI"] != nil

  /// A program of the tests, by its path below `Tests`.
  public static func script(_ path: String) -> String {
    root.appending(path: "Tests/\(path)").path()
  }
}
