import Foundation
import TestSupport
import Testing

/// Legacy programs and ours beside each other, in each mode, as processes.
@Suite(.tags(.integration), .sharedThreads, .timeLimit(.minutes(10))) struct RolloutTests {
  private let folder: TemporaryDirectory
  private var file: String { folder(".lockfile") }

  init() throws { folder = try TemporaryDirectory() }

  /// What the scripts are written with.
  ///
  /// `python` is the older program, and `ours MODE try|run …` takes the lock. `hold MODE` starts one that says when it is inside
  /// and stays there until it is let go, and so does `hold python`. `spawn` is `ours` as a process that can be killed.
  private static let prelude = """
    exec 2>&1
    cd "$2"
    mkfifo ready gate
    I=$0 P=$1 D=$2
    python() { python3 "$P" "$D"; }
    spawn() { mode=$1 command=$2; shift 2
      exec "$I" lock $command inverter_read --backend "file://$D/locks" --bridge "$D" --rollout $mode "$@"; }
    ours() { (spawn "$@"); }
    stay='echo $$ >child; echo inside >ready; read x <gate'
    hold() {
      if [ $1 = python ]; then python3 "$P" "$D" ready gate >python.log &
      else spawn $1 run --timeout none -- sh -c "$stay" & fi
      holder=$!
      read x <ready
    }
    let_go() { echo >gate; wait $holder || echo "status $?"; }
    tell() { if [ $1 = python ]; then python; else ours $1 try -- echo in; fi; }
    until_shown() { until "$I" lock show inverter_read --backend "file://$D/locks" --json | grep -q "$1"; do :; done; }
    gone() { while s=$(cut -d" " -f3 /proc/$1/stat 2>/dev/null) && [ "$s" != Z ]; do :; done; }

    """

  private func play(_ script: String) throws -> [String] {
    let ended = try Program.run(
      [
        "-c", Self.prelude + script, Program.path.path(),
        PeerPython.script("InterlockCLITests/Peers/givtcp_reader.py"), folder.path,
      ], executable: URL(filePath: "/bin/bash"))
    return ended.output.split(separator: "\n").map { line in
      if line.contains("\"read\"") || line == "in" { return "in" }
      if line.contains("aborting") || line.contains("Could not acquire lock") { return "out" }
      return String(line)
    }
  }

  /// Who is kept out by whom, and who is not: the first trap of a rollout.
  @Test(arguments: [
    ("python", "legacy", true), ("python", "bridge", true), ("python", "native", false),
    ("legacy", "bridge", true), ("legacy", "native", false), ("bridge", "native", true),
    ("legacy", "legacy", true), ("bridge", "bridge", true), ("native", "native", true),
  ])
  func `locks.K4 who holds the lock in one mode keeps those in the next one out, and they it`(
    one: String, other: String, excludes: Bool
  ) throws {
    for (holder, comer) in [(one, other), (other, one)] {
      let told = try play("hold \(holder); tell \(comer); let_go; tell \(comer)")
      #expect(
        told == [excludes ? "out" : "in", "in"], "\(comer) beside \(holder): \(told)")
      for name in ["ready", "gate"] { try FileManager.default.removeItem(atPath: folder(name)) }
      #expect(!FileManager.default.fileExists(atPath: file))
    }
  }

  @Test func `locks.K4 a fleet goes back from native over bridge to legacy while locks are held`()
    throws
  {
    let told = try play(
      """
      hold native
      spawn bridge run --timeout none -- sh -c "echo bridge; $stay" &
      bridge=$!
      until_shown '"waiters":\\[{'
      python
      let_go
      read x <ready
      python
      spawn legacy run --timeout none -- sh -c "echo legacy; $stay" &
      legacy=$!
      tell legacy
      tell native
      holder=$bridge
      let_go
      read x <ready
      python
      tell bridge
      holder=$legacy
      let_go
      python
      """)
    // The older program is kept out from the bridge on: beside the native holder it is not.
    #expect(
      told == ["in", "bridge", "out", "out", "out", "legacy", "out", "out", "in"], "\(told)")
  }

  @Test(arguments: ["legacy", "bridge", "native"])
  func `locks.K4 F1 what a killed holder leaves is the file alone, and that until it is old`(
    mode: String
  ) throws {
    let told = try play(
      """
      hold \(mode)
      kill -9 $holder
      gone $(cat child)
      wait $holder 2>/dev/null
      ls -A | grep -c '^.lockfile$'
      tell native
      python
      tell bridge
      tell legacy
      [ ! -e .lockfile ] || touch -d '3 minutes ago' .lockfile
      python
      "$I" lock try inverter_read --backend "file://$D/locks" --bridge "$D" --rollout bridge -- echo in 2>warned
      grep -c removed warned
      python
      tell legacy
      """)
    // The kernel frees our lock at once. The file stays, as it did when an older program crashed: those wait for somebody
    // to delete it, and ours do that when it is old.
    let expected =
      mode == "native"
      ? ["0", "in", "in", "in", "in", "in", "in", "0", "in", "in"]
      : ["1", "in", "out", "out", "out", "out", "in", "1", "in", "in"]
    #expect(told.filter { !$0.contains("Killed") } == expected, "\(told)")
  }

  @Test(arguments: ["legacy", "bridge"])
  func `locks.K4 F1 a legacy program that is killed keeps ours out until its file is old`(
    mode: String
  ) throws {
    let told = try play(
      """
      hold python
      kill -9 $holder
      wait $holder 2>/dev/null
      tell \(mode)
      touch -d '3 minutes ago' .lockfile
      tell \(mode) 2>/dev/null | tail -1
      tell python
      """)
    #expect(told.filter { !$0.contains("Killed") } == ["out", "in", "in"], "\(told)")
  }

  @Test(arguments: ["legacy", "bridge"])
  func `locks.K4 F2 one that is killed while it waits for the file leaves nothing`(mode: String)
    throws
  {
    let told = try play(
      """
      hold python
      spawn \(mode) run --timeout none -- echo never &
      waiter=$!
      \(mode == "bridge" ? #"until_shown '"held":true'"# : ":")
      kill -9 $waiter
      wait $waiter 2>/dev/null
      let_go
      cat python.log
      tell \(mode)
      python
      """)
    #expect(told.filter { !$0.contains("Killed") } == ["in", "in", "in"], "\(told)")
  }

  @Test func `the mode comes from the option, the environment, the configuration, or the folder`()
    throws
  {
    let config = folder("config.json5")
    try Data("{locks: {rollout: \"native\", legacyFolder: \"\(folder.path)\"}}".utf8)
      .write(to: URL(filePath: config))
    // Held as our lock: only native and bridge are kept out. The file is there: only bridge and legacy are.
    let told = try play(
      """
      try() { "$I" lock try inverter_read --backend "file://$D/locks" "$@" -- sh -c 'ls -A | grep -c "^.lockfile$"'; }
      try --bridge "$D"
      try --config config.json5
      try --config config.json5 --rollout bridge
      USE_NEW_LOCKS=bridge try --config config.json5
      USE_NEW_LOCKS=bridge try --config config.json5 --rollout native
      USE_NEW_LOCKS=TRUE try --bridge "$D"
      USE_NEW_LOCKS=False try --bridge "$D"
      USE_NEW_LOCKS= try --bridge "$D"
      USE_NEW_LOCKS=true try
      try
      """)
    #expect(told == ["1", "0", "1", "1", "0", "0", "1", "1", "0", "0"], "\(told)")
  }

  @Test func `in legacy no backend has to be there`() throws {
    let ended = try Program.run(
      "lock", "try", "inverter_read", "--backend", "redis://127.0.0.1:1/0", "--rollout", "legacy",
      "--bridge", folder.path, "--", "echo", "in")
    #expect(ended == Program.Ended(status: 0, output: "in\n", errors: ""))
  }

  @Test func `what is no mode, and a mode without a folder, are refused with what to do`() throws {
    func refused(_ preparation: String, _ words: String...) throws -> String {
      let ended = try Program.run(
        ["lock", "try", "a", "--backend", "memory:"] + words + ["--", "true"], after: preparation,
        redirection: "")
      #expect(ended.status == 64, "\(ended)")
      return ended.errors
    }
    #expect(
      try refused("export USE_NEW_LOCKS=maybe")
        == "interlock: USE_NEW_LOCKS is \"maybe\", which is no rollout mode; set it to one of "
        + "legacy, bridge, native (or false, which is legacy, or true, which is native)\n")
    #expect(try refused(":", "--rollout", "both").contains("legacy, bridge, native"))
    #expect(
      try refused("export USE_NEW_LOCKS=bridge")
        == "interlock: USE_NEW_LOCKS asks for bridge, and nothing says where GivTCP's lock file "
        + "is; give --bridge DIR, or --rollout native for a lock that no older program takes\n")
    #expect(try refused(":", "--rollout", "legacy").hasPrefix("interlock: --rollout asks for"))
  }

  @Test func `the file is shown as a holder, whoever made it`() throws {
    func shown(_ mode: String) throws -> String {
      try Program.run(
        "lock", "show", "inverter_read", "--backend", "file://\(folder("locks"))", "--bridge",
        folder.path, "--rollout", mode, "--json"
      ).output
    }
    #expect(try shown("legacy").contains("\"held\":false"))
    try Data().write(to: URL(filePath: file))
    for mode in ["legacy", "bridge"] {
      #expect(try shown(mode).contains("\"token\":\"the lock file \(file)\""))
    }
    #expect(try shown("native").contains("\"held\":false"))
  }
}
