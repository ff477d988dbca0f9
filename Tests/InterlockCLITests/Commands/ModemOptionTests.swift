import InterlockCommandLine
import TestSupport
import Testing

@testable import InterlockCLI

@Suite struct ModemOptionTests {
  @Test(arguments: [["send", "15000102030405060708090a"], ["monitor"]])
  func `a modem that sets its preamble itself is not told a shorter one`(
    command: [String]
  ) async throws {
    let scratch = try Scratch()
    let captured = CapturedConsole()
    let words =
      ["radio"] + command + ["--port", scratch.file("modem"), "--sf", "8", "--preamble", "31"]
    #expect(await InterlockProgram.program.run(words, console: captured.console) == .usage)
    #expect(captured.errors.contains("preambleSymbols is 31 symbols"))
    #expect(captured.errors.contains("use 32 or more"))
  }
}
