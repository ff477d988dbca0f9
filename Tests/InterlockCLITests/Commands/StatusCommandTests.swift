import Foundation
import InterlockCommandLine
import InterlockWire
import TestSupport
import Testing

@testable import InterlockCLI

/// `interlock status`, as programs of their own over one folder.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct StatusCommandTests {
  let scratch: Scratch
  let board: String

  init() throws {
    scratch = try Scratch()
    board = "file://\(scratch.path)"
  }

  private func status(_ words: String...) throws -> Program.Ended {
    try Program.run(["status"] + words + ["--board", board])
  }

  private func json(_ ended: Program.Ended) throws -> JSONValue {
    try JSONValue(parsing: ended.output)
  }

  @Test func `locks.S1 a status is begun, told and ended by programs of their own`() throws {
    #expect(try status("get", "backup").status == 1)
    let begun = try status("begin", "backup", "30m", "--reason", "copying")
    #expect(begun.status == 0 && begun.errors == "")
    let id = begun.output.trimmingCharacters(in: .newlines)
    let got = try status("get", "backup", "--json")
    #expect(got.status == 0)
    let entry = try json(got)
    #expect(entry["name"] == "backup" && entry["id"]?.string == id && entry["set"] == true)
    #expect(entry["reason"] == "copying" && entry["scope"] == JSONValue.null)
    #expect(entry["stale"] == false, "its owner is whoever typed it, not a program that has ended")
    let left = try #require(entry["left_ms"]?.number?.exactly(Int.self))
    #expect((1...1_800_000).contains(left))
    let again = try status("begin", "backup")
    #expect(again.status == 1 && again.output == "")
    #expect(again.errors.contains("is already set by") && again.errors.contains("copying"))
    #expect(try status("get", "backup", "--scope", "garden").status == 1)
    #expect(try status("end", "backup", "--id", "another").status == 1)
    #expect(try status("end", "backup", "--id", id).status == 0)
    #expect(try status("end", "backup", "--id", id).status == 1)
    let none = try status("get", "backup", "--json")
    #expect(none.status == 1)
    #expect(try json(none) == ["name": "backup", "scope": nil, "set": false])
  }

  @Test func `set replaces and tells what, clear removes whatever is there`() throws {
    let first = try json(try status("set", "backup", "--json", "--payload", #"{"a": 1}"#))
    #expect(first["replaced"]?.isNull == true)
    let second = try json(try status("set", "backup", "--json"))
    #expect(second["replaced"]?["id"] == first["id"])
    #expect(second["replaced"]?["payload"] == ["a": 1])
    #expect(try status("end", "backup").status == 0, "without an id, what is set now")
    try scratch.write("garbage", to: ".backup.il.json")
    let unusable = try status("get", "backup")
    #expect(unusable.status == 73 && unusable.errors.contains("interlock status clear"))
    #expect(try status("clear", "backup").status == 0)
    #expect(try status("clear", "backup").status == 0, "there may be nothing")
    #expect(try status("get", "backup").status == 1)
  }

  @Test func `locks.K4 the flags of the legacy programs are set, told and ended`() throws {
    try scratch.write("j1\n00:00", to: ".tpcRunning_2")
    let read = try json(try status("get", "tpcRunning_2", "--json"))
    #expect(read["payload"] == ["job": "j1"] && read["owner"]?.isNull == true)
    #expect(read["name"] == "tpcRunning_2" && read["scope"] == "inverter-2")
    let begun = try status("begin", "FCRunning1", "5m", "--payload", #"{"job": "7c1e"}"#)
    #expect(begun.status == 0)
    #expect(begun.errors.contains("without holding the lock 'inverter_write'"))
    let flag = try String(contentsOfFile: scratch.file(".FCRunning1"), encoding: .utf8)
    #expect(flag.hasPrefix("7c1e\n") && flag.utf8.count == 10)
    #expect(try status("get", "FCRunning", "--scope", "inverter-1").status == 0)
    let list = try status("list", "--json").output.split(separator: "\n")
    #expect(
      try list.map { try JSONValue(parsing: String($0))["name"]?.string }
        == ["FCRunning1", "tpcRunning_2"])
    #expect(try status("list", "--scope", "inverter-2").output.hasPrefix("tpcRunning_2  "))
    let stale = try status("end", "FCRunning1", "--fence", "1")
    #expect(stale.status == 1 && stale.errors.contains("fence"))
    #expect(try status("end", "FCRunning1").status == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        == [".il-board.lock", ".tpcRunning_2"])
  }

  @Test func `under its lock an inverter's status takes the fence of that lock`() throws {
    let ended = try Program.run(
      ["status", "begin", "FCRunning1", "--board", board, "--json"],
      after: "export INTERLOCK_NAME=inverter_write INTERLOCK_FENCE=77", redirection: "")
    #expect(ended.status == 0 && ended.errors == "")
    #expect(try json(ended)["fence"] == "77")
  }

  @Test(arguments: [
    (["begin", ""], 65), (["begin", "x", "0.5"], 64), (["begin", "x", "5y"], 64),
    (["begin", "x", "400h", "more"], 64), (["begin", "x", "--payload", "7"], 64),
    (["begin", "x", "--fence", "no"], 64), (["get", "x", "--scope", ""], 65), (["get"], 64),
  ])
  func `what is typed wrong ends with its own status`(words: [String], status: Int) throws {
    let ended = try Program.run(["status"] + words + ["--board", board])
    #expect(Int(ended.status) == status && ended.output == "", "\(ended)")
    #expect(ended.errors.hasPrefix("interlock: "))
  }

  @Test(arguments: ["redis", "file://x", "file:///a%00", "file:///%zz", "memory:", ""])
  func `what is no board is refused`(url: String) throws {
    #expect(try Program.run("status", "list", "--board", url).status == 64)
  }

  @Test func `a board that this program cannot reach is said to be unreachable`() throws {
    #expect(try Program.run("status", "list", "--board", "postgres://h/d").status == 69)
  }

  @Test func `the board is where the environment says, and in its usual place`() throws {
    func run(_ setting: String, _ words: String...) throws -> Program.Ended {
      try Program.run(
        ["status"] + words, after: "unset INTERLOCK_BACKEND XDG_RUNTIME_DIR; \(setting)",
        redirection: "")
    }
    let spaced = scratch.path + "/a b"
    try FileManager.default.createDirectory(atPath: spaced, withIntermediateDirectories: true)
    let setting = "export INTERLOCK_BACKEND='file://\(scratch.path)/a%20b/'"
    #expect(try run(setting, "begin", "x").status == 0)
    #expect(FileManager.default.fileExists(atPath: spaced + "/.x.il.json"))
    guard getuid() != 0 else { return }
    #expect(try run(":", "list").status == 64)
    #expect(try run("export XDG_RUNTIME_DIR=\(scratch.path)", "get", "x").status == 1)
    #expect(FileManager.default.fileExists(atPath: scratch.path + "/interlock"))
  }

  @Test func `a folder that is not there cannot tell`() throws {
    let ended = try Program.run("status", "get", "x", "--board", board + "/none")
    #expect(ended.status == 69 && ended.errors.contains("is not there"))
  }

  @Test func `locks.S1 of many programs that begin at once exactly one does`() async throws {
    let programs = 8
    for round in 0..<Schedules.count(6) {
      let name = round.isMultiple(of: 2) ? "race" : "FERunning"
      let results = try await withThrowingTaskGroup(of: (Int32, String).self) { group in
        for number in 0..<programs {
          group.addTask { [board] in
            let program = try RunningProgram(
              ["status", "begin", name, "--reason", "\(number)", "--board", board])
            let status = try await program.status()
            return (status, "\(number)")
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.map(\.0).sorted() == [0] + Array(repeating: 1, count: programs - 1))
      let winner = try #require(results.first { $0.0 == 0 }).1
      let entry = try json(try status("get", name, "--json"))
      #expect(entry["reason"]?.string == winner, "what is set is the winner's")
      #expect(try status("end", name).status == 0)
    }
  }

  @Test func `locks.S1 of many programs that end at once exactly one does`() async throws {
    for _ in 0..<Schedules.count(3) {
      let id = try status("begin", "race").output.trimmingCharacters(in: .newlines)
      let results = try await withThrowingTaskGroup(of: Int32.self) { group in
        for _ in 0..<6 {
          group.addTask { [board] in
            try await RunningProgram(["status", "end", "race", "--id", id, "--board", board])
              .status()
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.sorted() == [0, 1, 1, 1, 1, 1])
    }
  }

  @Test func `a watcher prints what begins, changes and ends until it is told to stop`()
    async throws
  {
    #expect(try status("begin", "first").status == 0)
    let watcher = try RunningProgram(["status", "watch", "--json", "--board", board])
    let begun = try JSONValue(parsing: try await watcher.line("\"event\":\"began\""))
    #expect(begun["name"] == "first" && begun["set"] == true)
    #expect(try status("set", "first").status == 0)
    try await watcher.line("\"event\":\"changed\"")
    #expect(try status("end", "first").status == 0)
    let ended = try JSONValue(parsing: try await watcher.line("\"event\":\"ended\""))
    #expect(ended["name"] == "first" && ended["set"] == false)
    watcher.send(SIGTERM)
    #expect(try await watcher.status() == 0)
  }

  @Test func `each command of the board has its help`() async throws {
    for name in ["begin", "set", "get", "end", "clear", "list", "watch"] {
      let console = CapturedConsole()
      #expect(await console.run("help", "status", name) == .done)
      #expect(console.output.hasPrefix("usage: interlock status \(name) "))
      #expect(console.output.contains("--board URL"))
    }
  }
}
