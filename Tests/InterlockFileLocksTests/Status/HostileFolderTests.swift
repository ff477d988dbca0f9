import Foundation
import Glibc
import Interlock
import InterlockLocks
import TestSupport
import Testing

@testable import InterlockFileLocks

/// What stands in a folder that others can write in.
@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct HostileFolderTests {
  let scratch: TemporaryDirectory
  let folder: String
  let one: Board

  init() throws {
    scratch = try TemporaryDirectory()
    folder = scratch.path + "/board"
    one = Board(folder, .real)
  }

  private func isUnusable(_ error: StatusError?) -> Bool {
    if case .unusable = error?.reason { true } else { false }
  }

  @Test(arguments: [".FCRunning1", ".FCRunning1.il.json", ".backup.il.json"])
  func `a link in the place of a file is never followed`(file: String) async throws {
    try await one.board.begin("first")
    let target = scratch.path + "/target"
    for content in [nil, "precious"] {
      if let content { try Data(content.utf8).write(to: URL(filePath: target)) }
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/" + file, withDestinationPath: target)
      let name: StatusName = file.hasPrefix(".FC") ? "FCRunning1" : "backup"
      for question in [
        { _ = try await one.board.get(name) },
        { _ = try await one.board.begin(name, fence: Fence(1)) },
        { _ = try await one.board.set(name, fence: Fence(1)) },
      ] {
        let error = await #expect(throws: StatusError.self) { try await question() }
        #expect(isUnusable(error), "\(String(describing: error))")
        #expect("\(String(describing: error))".contains("link"))
      }
      try await one.board.clear(name)
      #expect(try one.files == [".first.il.json"])
      #expect((try? String(contentsOfFile: target, encoding: .utf8)) == content)
    }
  }

  @Test func `a link in the place of the lock is refused`() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let target = scratch.path + "/target"
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/.il-board.lock", withDestinationPath: target)
    let error = await #expect(throws: StatusError.self) { try await one.board.begin("x") }
    #expect(isUnusable(error))
    #expect(!FileManager.default.fileExists(atPath: target))
  }

  @Test func `pipes and folders in the place of files are refused, and nobody waits for them`()
    async throws
  {
    try await one.board.begin("first")
    try #require(mkfifo(folder + "/.FCRunning1", 0o600) == 0)
    try FileManager.default.createDirectory(
      atPath: folder + "/.backup.il.json", withIntermediateDirectories: true)
    for name: StatusName in ["FCRunning1", "backup"] {
      #expect(isUnusable(await #expect(throws: StatusError.self) { try await one.board.get(name) }))
    }
    #expect(
      isUnusable(await #expect(throws: StatusError.self) { try await one.board.list() }),
      "what cannot be told is not left out")
    try await one.board.clear("FCRunning1")
  }

  @Test(arguments: [
    "", "garbage", "{}", "[]", #"{"id":"x"}"#,
    #"{"id":"x","name":"other","since":1,"until":2}"#,
    #"{"id":"x","name":"backup","scope":"s","since":1,"until":9000000000000000}"#,
  ])
  func `a file that is no status is an error, and can be cleared`(text: String) async throws {
    try await one.board.begin("first")
    try Data(text.utf8).write(to: URL(filePath: folder + "/.backup.il.json"))
    for question in [
      { _ = try await one.board.get("backup") }, { _ = try await one.board.begin("backup") },
      { _ = try await one.board.list() },
    ] {
      #expect(isUnusable(await #expect(throws: StatusError.self) { try await question() }))
    }
    #expect(try await one.board.clear("backup") == nil)
    try await one.board.begin("backup")
    #expect(try await one.board.list().count == 2)
  }

  @Test func `locks.F15 a folder that is not there is an error to a reader, and made by a change`()
    async throws
  {
    for question in [
      { _ = try await one.board.get("x") }, { _ = try await one.board.list() },
      { _ = try await one.board.get("FCRunning1") }, { _ = try await one.board.clear("x") },
    ] {
      let error = await #expect(throws: StatusError.self) { try await question() }
      guard case .unavailable = error?.reason else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    try await one.board.begin("x")
    #expect(try await one.board.isSet("x"))
    try FileManager.default.removeItem(atPath: folder)
    await #expect(throws: StatusError.self) { try await one.board.get("x") }
    try await one.board.begin("x")
    try FileManager.default.removeItem(atPath: folder + "/.il-board.lock")
    try await one.board.set("x")
    try await one.board.clear("x")
  }

  @Test func `what killed programs left is removed with the first change, other files stay`()
    async throws
  {
    try await one.board.begin("first")
    let dead = Int32.max
    let left = [".FCRunning1.\(dead).7", ".backup.il.json.\(dead).7"]
    let kept = [".state.\(dead).7", ".FCRunning1.x.7", ".il-board.lock", "FCRunning1", "x.il.json"]
    for name in left + kept { try Data().write(to: URL(filePath: folder + "/" + name)) }
    try await Board(folder, .real).board.begin("second")
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        == Set(kept + [".first.il.json", ".second.il.json"]))
    #expect(try await one.board.list().map(\.name) == ["first", "second"])
  }

  @Test func `a board that somebody keeps locked is an error in time, and still tells`()
    async throws
  {
    try await one.board.begin("first")
    try Data("j\n".utf8).write(to: URL(filePath: folder + "/.FERunning"))
    let descriptor = open(folder + "/.il-board.lock", O_RDWR)
    defer { close(descriptor) }
    try #require(flock(descriptor, LOCK_EX) == 0)
    #expect(try await one.board.list().count == 2)
    let error = await #expect(throws: StatusError.self) { try await one.board.begin("second") }
    #expect("\(try #require(error))".contains("another program has it"))
  }
}
