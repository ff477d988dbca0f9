import Foundation
import InterlockCommandLine
import Testing

@testable import InterlockCLI

@Suite struct ProgramTests {
  @Test func `without a command it prints the list and ends with 64`() async {
    let captured = CapturedConsole()
    #expect(await captured.run() == .usage)
    #expect(captured.errors.contains("radio decode"))
  }

  @Test func `every command has a help that names it, and all helps are in the list`() async {
    for command in InterlockProgram.program.commands {
      let captured = CapturedConsole()
      let words = command.declaration.path + ["--help"]
      #expect(await InterlockProgram.program.run(words, console: captured.console) == .done)
      #expect(captured.output.contains("usage: interlock \(command.declaration.name)"))
      #expect(captured.output.contains("exit status:"))
      #expect(captured.output.contains("example:"))
    }
    let list = CapturedConsole()
    #expect(await list.run("help") == .done)
    for command in InterlockProgram.program.commands {
      #expect(list.output.contains("  \(command.declaration.name)"))
    }
  }

  @Test func `every example in a help is one its own parser takes`() throws {
    for command in InterlockProgram.program.commands {
      let words = command.declaration.example.split(separator: " ").map(String.init)
      #expect(words.starts(with: command.declaration.path))
      let rest = words.dropFirst(command.declaration.path.count)
      #expect(throws: Never.self) {
        _ = try ArgumentParser(declaration: command.declaration).parse(rest)
      }
    }
  }

  @Test func `a group lists its commands; a wrong name gets the nearest one`() async {
    let group = CapturedConsole()
    #expect(await group.run("radio") == .done)
    #expect(group.output.contains("radio decode"))
    let wrong = CapturedConsole()
    #expect(await wrong.run("radio", "decod", "00") == .usage)
    #expect(
      wrong.errors
        == "interlock: there is no command \"radio decod\"; did you mean radio decode? "
        + "interlock help lists them\n")
  }

  @Test func `the built program ends with the statuses it documents`() throws {
    #expect(try Program.run("--version").output.hasPrefix("interlock "))
    #expect(try Program.run("--version").status == 0)
    #expect(try Program.run("nonsense").status == 64)
    #expect(try Program.run("radio", "decode", "--nonsense").status == 64)
    let bad = try Program.run("radio", "decode", "zz")
    #expect(bad.status == 65)
    #expect(bad.errors.hasPrefix("interlock: \"zz\" is not hexadecimal; "))
    #expect(bad.output == "")
  }

  @Test func `a place that cannot be is bad input, with one piece of advice`() throws {
    let folder = try Program.run("conformance", "meshcore", "/proc/no-such-folder")
    #expect(folder.status == 65)
    #expect(folder.errors.split(separator: ";").count == 2, "\(folder.errors)")
    let file = try Program.run("node", "--config", "/proc/no-such-file")
    #expect(file.status == 65)
    let configuration = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data("{storage: {directory: '/proc/no-such-folder'}}".utf8).write(to: configuration)
    defer {
      // Best effort: what stays behind is in the temporary directory.
      try? FileManager.default.removeItem(at: configuration)
    }
    let state = try Program.run("node", "--config", configuration.path)
    #expect(state.status == 65, "\(state)")
    #expect(state.errors.contains("/proc/no-such-folder"))
    #expect(file.errors.split(separator: ";").count == 2, "\(file.errors)")
  }

  @Test(arguments: [
    ["radio", "monitor"], ["radio", "send", "11002A", "--timeout", "5m"],
  ])
  func `a modem that cannot be reached ends with 69 and the cause, said once`(
    command: [String]
  ) throws {
    for modem in [["--port", "/dev/no-such-modem"], ["--tcp", "127.0.0.1:1"]] {
      let ended = try Program.run(command + modem)
      #expect(ended.status == 69, "\(ended)")
      #expect(ended.errors.hasPrefix("interlock: the modem cannot be used: cannot "), "\(ended)")
      #expect(ended.errors.contains(modem[1]))
      #expect(!ended.errors.contains("doctor"), "the cause has its own remedy: \(ended.errors)")
      #expect(!ended.output.contains("disconnected: disconnected"))
    }
  }
}
