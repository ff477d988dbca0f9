import Foundation
import Glibc
import InterlockCommandLine
import InterlockWire
import TestSupport
import Testing

/// `lock run` as a process among others, where no other process has to have the lock.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct LockRunTests {
  private func lock(_ arguments: String..., script: String) throws -> Program.Ended {
    try Program.run(
      ["lock"] + arguments + ["--backend", "memory:", "--", "sh", "-c", script])
  }

  @Test(arguments: ["run", "try"])
  func `locks.X1 the program's own status is passed through`(_ command: String) throws {
    for status in [Int32(0), 1, 75, 255] {
      let ended = try lock(command, "a", script: "echo out; echo err >&2; exit \(status)")
      #expect(ended == Program.Ended(status: status, output: "out\n", errors: "err\n"))
    }
    #expect(try lock(command, "a", script: "kill -9 $$").status == 137)
    #expect(try lock(command, "a", script: "kill -SEGV $$").status == 139)
  }

  @Test func `locks.K4 the lock file of older programs is held beside the lock, and waited for`()
    throws
  {
    let directory = try TemporaryDirectory()
    let file = directory(".lockfile")
    func run(_ command: String, _ options: String..., script: String) throws -> Program.Ended {
      try Program.run(
        ["lock", command, "inverter_read", "--backend", "memory:", "--bridge", directory.path]
          + options + ["--", "sh", "-c", script])
    }
    let looked = try run("run", script: "wc -c < \(file); exit 3")
    #expect(looked.status == 3 && looked.output.contains("0"), "\(looked)")
    #expect(!FileManager.default.fileExists(atPath: file))
    #expect(try run("run", script: "kill -9 $$").status == 137)
    #expect(!FileManager.default.fileExists(atPath: file))

    #expect(FileManager.default.createFile(atPath: file, contents: nil))
    for busy in [
      try run("try", script: "echo in"), try run("run", "--timeout", "10ms", script: "echo in"),
    ] {
      #expect(
        busy.status == 75 && busy.output == "" && busy.errors.contains("the lock file \(file)"),
        "\(busy)")
    }
    #expect(FileManager.default.fileExists(atPath: file))

    let old = Date(timeIntervalSinceNow: -3_600)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file)
    let after = try run("try", script: "echo in")
    #expect(after.status == 0 && after.output == "in\n", "\(after)")
    #expect(after.errors.contains("warning") && after.errors.contains(".lockfile"), "\(after)")
    #expect(!FileManager.default.fileExists(atPath: file))

    let gone = try Program.run(
      [
        "lock", "try", "x", "--backend", "memory:", "--bridge", "\(directory.path)/none", "--",
        "true",
      ])
    #expect(gone.status == 69 && gone.errors.contains("none"), "\(gone)")
  }

  @Test func `locks.X1 its standard input is ours`() throws {
    let ended = try Program.run(
      ["lock", "run", "a", "--backend", "memory:", "--", "cat"], input: "given")
    #expect(ended == Program.Ended(status: 0, output: "given", errors: ""))
  }

  @Test func `locks.X1 wrong usage, bad names and places that are not there have their statuses`()
    throws
  {
    let cases: [([String], Int32)] = [
      (["--", "true"], 64), (["a"], 64), (["a", "true"], 64),
      (["a", "--mode", "x", "--", "true"], 64),
      (["a", "--ttl", "1ms", "--", "true"], 64), (["a", "--timeout", "soon", "--", "true"], 64),
      (["a", "--backend", "http://x", "--", "true"], 64),
      (["", "--backend", "memory:", "--", "true"], 65),
      ([String(repeating: "x", count: 513), "--backend", "memory:", "--", "true"], 65),
      (["a", "--backend", "postgres://127.0.0.1:1/x", "--", "true"], 69),
      (["a", "--backend", "memory:", "--", "/nonexistent/program"], 127),
      (["a", "--backend", "memory:", "--", "/etc"], 126),
    ]
    for (words, status) in cases {
      let ended = try Program.run(["lock", "run"] + words)
      #expect(ended.status == status, "\(words): \(ended)")
      #expect(ended.errors.hasPrefix("interlock: ") && ended.output == "", "\(ended)")
    }
  }

  @Test func `locks.X1 the program is told its lock, and words after the dashes are its own`()
    throws
  {
    let ended = try Program.run(
      [
        "lock", "run", "a b", "--backend", "memory:", "--", "sh", "-c",
        "env | grep ^INTERLOCK_ | sort; echo \"$@\"", "sh", "--json", "--", "--help",
      ])
    let lines = ended.output.split(separator: "\n").map(String.init)
    let variables = Dictionary(
      uniqueKeysWithValues: lines.filter { $0.hasPrefix("INTERLOCK_") }.map { line in
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        return (parts[0], parts[1])
      })
    #expect(variables["INTERLOCK_NAME"] == "a b")
    #expect(variables["INTERLOCK_DOMAIN"] == "il")
    #expect(variables["INTERLOCK_TOKEN"]?.hasPrefix("il1:") == true)
    #expect(UInt64(variables["INTERLOCK_FENCE"] ?? "").map { $0 > 1_700_000_000_000_000 } == true)
    #expect(lines.last == "--json -- --help")
  }

  @Test func `locks.X1 it inherits the standard streams and the lease, and nothing else`() throws {
    // From a shell that closes what the tests have open; the loop itself needs no descriptor.
    let close = "for d in 3 4 5 6 7 8 9; do eval \"exec $d>&-\"; done"
    let count = "for i in $(seq 0 400); do [ -e /proc/$$/fd/$i ] && echo $i; done; true"
    let ended = try Program.run(
      [
        "lock", "run", "a", "--backend", "memory:", "--", "sh", "-c",
        count + "; echo $INTERLOCK_LEASE_FD",
      ],
      after: close + "; for d in $(ls /proc/$$/fd); do [ $d -gt 9 ] && eval \"exec $d>&-\"; done",
      redirection: "")
    let numbers = ended.output.split(separator: "\n").map(String.init)
    #expect(numbers == ["0", "1", "2", "3", "3"], "\(ended)")
  }

  @Test func `locks.X1 it has a process group of its own, and signals are passed on to it`()
    async throws
  {
    let program = try RunningProgram(
      [
        "lock", "run", "a", "--backend", "memory:", "--", "sh", "-c",
        """
        trap 'echo got usr1' USR1; trap 'echo got hup' HUP
        echo group $(ps -o pgid= -p $$) of $$
        while :; do :; done
        """,
      ])
    let line = try await program.line("group").split(separator: " ")
    #expect(line[1] == line[3])
    program.send(SIGUSR1)
    try await program.line("got usr1")
    program.send(SIGHUP)
    try await program.line("got hup")
    program.send(SIGTERM)
    #expect(try await program.status() == 128 + SIGTERM)
  }

  @Test func `locks.X1 killed, it takes the program and what that started along`() async throws {
    let scratch = try Scratch()
    #expect(mkfifo(scratch.file("alive"), 0o600) == 0)
    let program = try RunningProgram(
      [
        "lock", "run", "a", "--backend", "memory:", "--", "sh", "-c",
        """
        exec 3> \(scratch.file("alive"))
        sh -c 'echo inner >&3; while :; do :; done' &
        while :; do :; done
        """,
      ])
    // It ends when nobody holds the pipe open any more.
    let reading = try FileHandle(forReadingFrom: URL(filePath: scratch.file("alive")))
    #expect(String(decoding: reading.availableData, as: UTF8.self) == "inner\n")
    program.send(SIGKILL)
    #expect(try await program.status() == SIGKILL)
    #expect(reading.availableData.isEmpty)
  }

  @Test func `locks.X1 what was ignored when it began is ignored by the program, and nothing else`()
    throws
  {
    let ended = try Program.run(
      ["lock", "run", "a", "--backend", "memory:", "--", "grep", "Sig", "/proc/self/status"],
      after: "trap '' HUP", redirection: "")
    let masks = Dictionary(
      uniqueKeysWithValues: ended.output.split(separator: "\n").map { line in
        let parts = line.split(separator: ":\t")
        return (String(parts[0]), UInt64(parts[1], radix: 16) ?? 0)
      }.filter { $0.0 != "SigQ" })
    #expect(masks["SigBlk"] == 0)
    #expect(masks["SigIgn"].map { $0 & (1 << (SIGHUP - 1)) != 0 } == true, "\(ended)")
    #expect(masks["SigIgn"].map { $0 & (1 << (SIGPIPE - 1) | 1 << (SIGXFSZ - 1)) } == 0, "\(ended)")
  }
}
