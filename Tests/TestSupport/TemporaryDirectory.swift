internal import Foundation

/// A directory of its own for one test, removed with it.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "interlock-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // Best effort: what stays behind is in the temporary directory.
    try? FileManager.default.removeItem(atPath: path)
  }

  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  package func callAsFunction(_ name: String) -> String { path + "/" + name }
}
