import Foundation
import InterlockCommandLine
import TestSupport
import Testing

/// What the doctor says of where locks are.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct DoctorLocksTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// What it says of locks with these variables; `more` goes around it, with the backend in REDIS_URL.
  private func doctor(_ variables: String..., around more: [String] = []) throws -> String {
    let ended = try Program.run(
      ["-u", "INTERLOCK_BACKEND", "-u", "XDG_RUNTIME_DIR"] + variables + more
        + [Program.path.path(), "doctor"], executable: URL(filePath: "/usr/bin/env"))
    let lines = ended.output.split(separator: "\n", omittingEmptySubsequences: false)
    let mine = lines.indices.filter { lines[$0].contains(" locks: ") }
    #expect(!mine.isEmpty, "\(ended)")
    // With its advice, if there is any.
    return mine.flatMap { lines[$0...].prefix(2) }.joined(separator: "\n")
  }

  /// With a server; what a shell does to it first, and the doctor's options to it.
  private func doctor(afterRedis commands: String, isPersistent: Bool) throws -> String {
    try doctor(
      "PERSISTENT=\(isPersistent ? 1 : 0)",
      around: [
        "\(Program.root)/Scripts/with-redis", "bash", "-c",
        #"for c in "$0"; do [ -z "$c" ] || redis-cli -u $REDIS_URL $c >&2; done; INTERLOCK_BACKEND=$REDIS_URL "$@"; exit 0"#,
        commands,
      ])
  }

  @Test func `locks.F15 a folder is named with its file system, one that is not there is not made`()
    throws
  {
    let there = try doctor("INTERLOCK_BACKEND=file://\(folder.path)")
    #expect(there.contains("ok       locks: file://\(folder.path), on "))
    let path = folder("later")
    #expect(try doctor("INTERLOCK_BACKEND=file://\(path)").contains("is not there yet"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try doctor("INTERLOCK_BACKEND=file://\(path)/none").contains("note     locks: cannot "))
  }

  @Test func `locks.F15 a place that is none is a problem`() throws {
    let file = folder("file")
    try Data().write(to: URL(filePath: file))
    #expect(try doctor("INTERLOCK_BACKEND=file://\(file)").contains("problem  locks: "))
    let down = try doctor("INTERLOCK_BACKEND=redis://127.0.0.1:1")
    #expect(down.contains("problem  locks: ") && down.contains("127.0.0.1:1"), "\(down)")
    #expect(try doctor("INTERLOCK_BACKEND=nothing").contains("INTERLOCK_BACKEND must be "))
    #expect(try doctor("INTERLOCK_BACKEND=memory:").contains("excludes no other"))
  }

  @Test func `locks.F7 what a server forgets when it restarts is said`() throws {
    let plain = try doctor(afterRedis: "", isPersistent: false)
    #expect(plain.contains("note     locks: redis://127.0.0.1:"), "\(plain)")
    #expect(plain.contains("may forget who holds what") && plain.contains("appendfsync always"))
    let kept = try doctor(afterRedis: "", isPersistent: true)
    #expect(kept.contains("ok       locks: redis://127.0.0.1:"), "\(kept)")
    #expect(kept.contains("forgets nothing when it restarts"))
    let slow = try doctor(
      afterRedis: "config set appendfsync everysec", isPersistent: true)
    #expect(slow.contains("may forget who holds what"), "\(slow)")
  }

  @Test func `locks.F13 a server that drops locks when it is full, or is a replica, is a problem`()
    throws
  {
    let full = try doctor(
      afterRedis: "config set maxmemory 100mb maxmemory-policy volatile-lru", isPersistent: false)
    #expect(full.contains("problem  locks: ") && full.contains("(volatile-lru)"), "\(full)")
    let bounded = try doctor(
      afterRedis: "config set maxmemory 100mb maxmemory-policy noeviction", isPersistent: false)
    #expect(!bounded.contains("problem  locks: "), "\(bounded)")
    let replica = try doctor(afterRedis: "replicaof 127.0.0.1 1", isPersistent: false)
    #expect(replica.contains("problem  locks: "), "\(replica)")
  }
}
