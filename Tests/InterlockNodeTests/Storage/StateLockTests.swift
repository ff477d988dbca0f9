import Foundation
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockNode

@Suite struct StateLockTests {
  let folder = NSTemporaryDirectory() + "interlock-\(UUID().uuidString)"

  private func paths(control: String? = nil) -> StatePaths {
    var configuration = NodeConfiguration()
    configuration.storage.directory = folder
    configuration.control.socket = control
    return StatePaths(configuration, environment: { _ in nil })
  }

  @Test func `a directory has one node, whatever its control socket`() throws {
    try Folder.make(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let first = try StateLock(paths())
      let error = #expect(throws: NodeError.self) {
        try StateLock(paths(control: folder + "/other.socket"))
      }
      #expect(try #require(error).description.contains("another node may be running"))
      withExtendedLifetime(first) {}
    }
    // The first is gone, as a killed one would be; its lock file is not.
    _ = try StateLock(paths())
  }

  @Test func `whoever takes the directory clears away what killed writers left`() throws {
    try Folder.make(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in [".airtime.ledger.\(Int32.max).7", ".identity.\(Int32.max).7", "mine"] {
      try Data().write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    _ = try StateLock(paths())
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["lock", "mine"])
  }
}
