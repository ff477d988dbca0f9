import Foundation
import InterlockSystem
import TestSupport
import Testing

@Suite struct FileLockTests {
  @Test func `a lock is held once, and free again when it is given up`() throws {
    let folder = try TemporaryDirectory()
    var lock: FileLock? = try FileLock(folder.path + "/lock")
    let error = #expect(throws: SystemError.self) { try FileLock(folder.path + "/lock") }
    #expect(error?.isTaken == true)
    withExtendedLifetime(lock) {}
    lock = nil
    lock = try FileLock(folder.path + "/lock")
    withExtendedLifetime(lock) {}
  }

  /// What a child has between being forked and running its own program.
  @Test func `a copy of the descriptor does not keep a lock that was given up`() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/lock"
    var lock: FileLock? = try FileLock(path)
    let real = URL(filePath: path).resolvingSymlinksInPath().path()
    let number = try #require(
      FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").first {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == real
      })
    let copy = dup(try #require(CInt(number)))
    defer { close(copy) }
    try #require(copy >= 0)
    withExtendedLifetime(lock) {}
    lock = nil
    lock = try FileLock(path)
    withExtendedLifetime(lock) {}
  }
}
