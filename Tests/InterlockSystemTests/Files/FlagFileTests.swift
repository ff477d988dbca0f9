import Foundation
import Glibc
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct FlagFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a file is there whole or not at all, and once`() throws {
    let path = directory(".flag")
    let draft = try FlagFile.Draft(path, [1, 2])
    let identity = draft.identity
    #expect(try FlagFile.read(path, limit: 10) == nil)
    try draft.publishNew()
    #expect(
      try FlagFile.read(path, limit: 10) == FlagFile.Found(bytes: [1, 2], identity: identity))
    let error = #expect(throws: SystemError.self) {
      try FlagFile.Draft(path, [3]).publishNew()
    }
    #expect(error?.isPresent == true)
    try FlagFile.Draft(path, [4]).publish()
    #expect(try FlagFile.read(path, limit: 10)?.bytes == [4])
    #expect(try FlagFile.identity(of: path) != identity)
    #expect(try AtomicFile.mode(of: path) == 0o644)
    #expect(try directory.names == [".flag"])
    #expect(try FlagFile.remove(path))
    #expect(try !FlagFile.remove(path))
    #expect(try FlagFile.identity(of: path) == nil)
  }

  @Test func `a link is not followed, but replaced and removed`() throws {
    let (path, target) = (directory("flag"), directory("target"))
    try Data([7]).write(to: URL(filePath: target))
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    let error = #expect(throws: SystemError.self) { try FlagFile.read(path, limit: 10) }
    #expect(error?.isLink == true && error?.description.contains("never followed") == true)
    #expect(
      #expect(throws: SystemError.self) { try FlagFile.Draft(path, [3]).publishNew() }?.isPresent
        == true)
    try FlagFile.Draft(path, [4]).publish()
    #expect(try FlagFile.read(path, limit: 10)?.bytes == [4])
    #expect(try Data(contentsOf: URL(filePath: target)) == Data([7]))
  }

  @Test func `what is no file, or too long, is refused`() throws {
    try #require(mkfifo(directory("pipe"), 0o600) == 0)
    for path in [directory("pipe"), directory.path] {
      let error = #expect(throws: SystemError.self) { try FlagFile.read(path, limit: 10) }
      #expect(error?.isIrregularFile == true)
    }
    try Data([UInt8](repeating: 0, count: 11)).write(to: URL(filePath: directory("long")))
    let error = #expect(throws: SystemError.self) {
      try FlagFile.read(directory("long"), limit: 10)
    }
    #expect(error?.isTooLong == true)
  }

  @Test func `whoever has a file open is found`() throws {
    let path = directory("file")
    try Data().write(to: URL(filePath: path))
    #expect(OpenFiles.holders(of: path) == [])
    let descriptor = open(path, O_RDONLY)
    #expect(OpenFiles.holders(of: path) == [getpid()])
    close(descriptor)
    #expect(OpenFiles.holders(of: path) == [])
    #expect(OpenFiles.holders(of: directory("none")) == [])
  }

  @Test func `a lock that is given up in time is had, and one that is not is an error`() throws {
    let path = directory("lock")
    var held: FileLock? = try FileLock(path)
    let error = #expect(throws: SystemError.self) {
      _ = try FileLock.take(path, within: .seconds(1))
    }
    #expect(error?.isTaken == true)
    withExtendedLifetime(held) {}
    held = nil
    withExtendedLifetime(try FileLock.take(path, within: .zero)) {}
  }
}
