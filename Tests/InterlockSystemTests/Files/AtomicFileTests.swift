import Foundation
import Glibc
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct AtomicFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a file is replaced whole, and nothing else is left in its directory`() async throws {
    let path = directory("state")
    #expect(try await AtomicFile.read(path, limit: 100) == nil)
    try await AtomicFile.write([1, 2, 3], to: path)
    try await AtomicFile.write([4, 5], to: path)
    #expect(try await AtomicFile.read(path, limit: 100) == [4, 5])
    #expect(try directory.names == ["state"])
  }

  @Test func `a secret is readable by its owner alone, whatever the mask`() throws {
    let path = directory("key")
    try AtomicFile.replace(path, with: [1], mode: AtomicFile.publicMode)
    #expect(try AtomicFile.mode(of: path) == 0o644)
    try AtomicFile.replace(path, with: [2], mode: AtomicFile.secretMode)
    #expect(try AtomicFile.mode(of: path) == 0o600)
    #expect(try AtomicFile.mode(of: directory("none")) == nil)
  }

  @Test func `readers see the old file or the new one, never a mixture`() async throws {
    let path = directory("state")
    let old = [UInt8](repeating: 1, count: 200_000)
    let new = [UInt8](repeating: 2, count: 300_000)
    try AtomicFile.replace(path, with: old)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<50 {
          try await AtomicFile.write(round.isMultiple(of: 2) ? new : old, to: path)
        }
      }
      group.addTask {
        for _ in 0..<200 {
          let seen = try await AtomicFile.read(path, limit: 1_000_000)
          #expect(seen == old || seen == new)
        }
      }
      try await group.waitForAll()
    }
    #expect(try directory.names == ["state"])
  }

  @Test func `what killed writers left is removed; what others are writing, and other files, stay`()
    throws
  {
    let path = directory("state")
    // No process has a number above the kernel's limit of four million.
    let own = getpid()
    let left = [".state.\(Int32.max).7", ".state.\(own).8"]
    let kept = [
      ".state.1.9", ".state.\(Int32.max)", ".state.x.7", ".other.\(Int32.max).7", "state",
    ]
    for name in left + kept { try Data().write(to: URL(fileURLWithPath: directory(name))) }
    AtomicFile.removeRemains(of: path)
    #expect(try directory.names == kept.sorted())
    AtomicFile.removeRemains(of: directory("none/state"))
  }

  @Test func `a file longer than its limit is refused with the limit`() throws {
    let path = directory("long")
    try AtomicFile.replace(path, with: [UInt8](repeating: 0, count: 101))
    let error = #expect(throws: SystemError.self) { try AtomicFile.contents(of: path, limit: 100) }
    #expect(try #require(error).description.contains("100 bytes"))
  }

  @Test func `a missing directory is named with what to do`() throws {
    let error = #expect(throws: SystemError.self) {
      try AtomicFile.replace(directory("none/state"), with: [1])
    }
    #expect(try #require(error).description.contains("make it first"))
  }

  @Test func `a link stays a link and its target is replaced`() throws {
    try AtomicFile.replace(directory("target"), with: [1])
    try FileManager.default.createSymbolicLink(
      atPath: directory("link"), withDestinationPath: "target")
    try AtomicFile.replace(directory("link"), with: [2])
    #expect(try AtomicFile.contents(of: directory("target"), limit: 10) == [2])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: directory("link")) == "target")
  }

  @Test func `a pipe in the place of the file is refused, and stays`() throws {
    let path = directory("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    let error = #expect(throws: SystemError.self) { try AtomicFile.replace(path, with: [1]) }
    #expect(error?.description.contains("not a regular file") == true)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    #expect(try directory.names == ["pipe"])
  }

  @Test func `a write that the file size limit cuts short leaves the old file whole`() async {
    // In a process of its own, because the limit and the signal belong to the whole process.
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let path = directory("state")
      try AtomicFile.replace(path, with: [1, 2, 3])
      Signals.ignoreThoseOfWrites()
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(1), &limit)
      let error = #expect(throws: SystemError.self) {
        try AtomicFile.replace(path, with: [UInt8](repeating: 9, count: 5000))
      }
      #expect(try #require(error).description.contains("untouched"))
      #expect(try AtomicFile.contents(of: path, limit: 10) == [1, 2, 3])
      #expect(try directory.names == ["state"])
    }
  }

  @Test func `an unwritable directory is refused with the reason`() throws {
    // The kernel's own tree refuses new files from everybody, the administrator included.
    let error = #expect(throws: SystemError.self) {
      try AtomicFile.replace("/proc/interlock-test", with: [1])
    }
    #expect(try #require(error).description.contains("/proc/interlock-test"))
  }
}
