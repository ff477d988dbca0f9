import Foundation
import InterlockCommandLine
import InterlockLocks
import InterlockWire
import TestSupport
import Testing

@testable import InterlockCLI

/// Drills between real processes, by files and on a real Redis server: what holds, what does not without a guard, and that
/// the difference is seen.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct DrillTests {
  private static let all = Drill.all.map(\.name)
  private static let ofFiles = Drill.all.filter { !$0.restartsServer }.map(\.name)

  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test(arguments: ofFiles)
  func `locks.F1 F3 F5 by files, every drill passes, and leaves nothing behind`(
    name: String
  ) throws {
    let run = try FinishedDrill(name, files: folder.path)
    #expect(run.status == 0, "\(run.report)")
    #expect(run.passed == true && run.overlaps == 0 && run.faults == "", "\(run.report)")
    #expect(run.grants > 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!left.contains { $0.hasPrefix("drill-") }, "\(left)")
  }

  @Test(arguments: ofFiles)
  func `locks.F1 F3 F5 on Redis, every drill passes`(name: String) throws {
    let run = try FinishedDrill(name, redis: false)
    #expect(run.status == 0, "\(run.report)")
    #expect(run.passed == true && run.overlaps == 0 && run.faults == "", "\(run.report)")
    #expect(run.grants > 0)
  }

  @Test func `locks.F7 a server that forgets costs the holder its lock, and it notices`() throws {
    let run = try FinishedDrill("server_restart", redis: false)
    #expect(run.passed == true && run.status == 0, "\(run.report)")
    #expect(run.saw.contains("the server forgot the grant, and its holder noticed"))
  }

  @Test func `locks.F7 a server that keeps everything loses no lock by a restart`() throws {
    let run = try FinishedDrill("server_restart", redis: true)
    #expect(run.passed == true && run.status == 0, "\(run.report)")
    // A restart that takes longer than the term costs the lock all the same: then the holder has to notice.
    #expect(run.saw.contains("the holder kept the lock") || run.saw.contains("its holder noticed"))
  }

  /// What comes of it without a guard: two inside for certain, or whatever is said otherwise.
  private static let unguardedByFiles = [
    ("thundering_herd", ""), ("rapid_sequential", ""), ("ttl_expiration", overlap),
    ("orphaned_locks", "nobody gets in any more"), ("token_corruption", overlap),
    ("clear_while_held", overlap), ("stopped_holder", overlap),
    ("killed_holder", "until somebody deletes the lock file"),
    ("random_faults", "nobody gets in any more"),
  ]
  private static let overlap = "got in"

  @Test(arguments: unguardedByFiles)
  func `locks.F1 F3 by a lock file, every drill finds what is wrong with it`(
    name: String, fault: String
  ) throws {
    check(try FinishedDrill(name, files: folder.path, "--unguarded"), fault)
  }

  private static let unguardedOnRedis = [
    ("thundering_herd", "it never waits"), ("rapid_sequential", "it never waits"),
    ("ttl_expiration", overlap), ("orphaned_locks", "nobody gets in any more"),
    ("token_corruption", overlap), ("clear_while_held", overlap), ("stopped_holder", overlap),
    ("killed_holder", "before the key's 30 s are over"),
    ("random_faults", "nobody gets in any more"), ("server_restart", overlap),
  ]

  @Test(arguments: unguardedOnRedis)
  func `locks.F1 F3 F7 by a key with a term, every drill finds what is wrong with it`(
    name: String, fault: String
  ) throws {
    check(try FinishedDrill(name, redis: false, "--unguarded"), fault)
  }

  private func check(_ run: FinishedDrill, _ fault: String) {
    #expect(run.status == 1 && run.passed == false, "\(run.report)")
    #expect(!run.faults.isEmpty && (fault.isEmpty || run.faults.contains(fault)), "\(run.report)")
    if fault == Self.overlap { #expect((run.overlaps ?? 0) > 0, "\(run.report)") }
  }

  @Test func `locks.M3 a guard that is none is found by the same judge`() throws {
    let broken = Drill(
      name: "broken", summary: "", guarded: Drill.legacyRemoval, unguarded: Drill.legacyRemoval)
    let setting = DrillSetting(
      program: Program.path.path(), url: "file://\(folder.path)", title: "files",
      directory: folder.path, legacyWay: .file, restartCommand: nil, name: "broken",
      processes: 4, requests: 2)
    let (report, hasPassed) = try DrillRunner(drill: broken, setting: setting, isGuarded: true)
      .round()
    #expect(!hasPassed)
    #expect(report.json["passed"]?.bool == false)
    let overlaps: Int? = report.json["two_inside"]?.number?.exactly()
    #expect((overlaps ?? 0) > 0)
  }

  @Test func `every drill is listed, with what it does`() async {
    let captured = CapturedConsole()
    #expect(await captured.run("drill", "list") == .done)
    let lines = captured.output.split(separator: "\n")
    #expect(lines.map { String($0.prefix { $0 != " " }) } == Self.all)
  }

  private static let mistakes:
    [(words: [String], status: InterlockCommandLine.ExitStatus, says: String)] = [
      (
        ["thundering_hard", "--backend", "file:///tmp/x"], .badInput,
        "did you mean thundering_herd?"
      ),
      (["thundering_herd", "--backend", "memory:"], .usage, "memory: is for one process"),
      (["thundering_herd", "--backend", "redis://127.0.0.1:1"], .unreachable, "127.0.0.1:1"),
      (["thundering_herd", "--processes", "0"], .usage, "--processes"),
      (["server_restart", "--backend", "file:///tmp/x"], .usage, "has no server"),
      (["server_restart", "--backend", "redis://127.0.0.1:1"], .usage, "--restart-with COMMAND"),
    ]

  @Test(arguments: mistakes.indices)
  func `locks.X1 a drill that cannot be run says why, with a status of its own`(
    index: Int
  ) async throws {
    let mistake = Self.mistakes[index]
    let captured = CapturedConsole()
    let words = ["drill", "run"] + mistake.words
    #expect(
      await InterlockProgram.program.run(words, console: captured.console) == mistake.status,
      "\(captured.errors)")
    #expect(captured.errors.contains(mistake.says), "\(captured.errors)")
    #expect(captured.output == "")
  }

  @Test func `a restart that fails is no restart`() throws {
    let ended = try Program.run(
      [
        "\(Program.root)/Scripts/with-redis", "bash", "-c",
        #""$0" drill run server_restart --backend $REDIS_URL --restart-with "exit 3""#,
        Program.path.path(),
      ], executable: URL(filePath: "/usr/bin/env"))
    #expect(ended.status == 1)
    #expect(ended.errors.contains("the restart failed"), "\(ended)")
  }
}
