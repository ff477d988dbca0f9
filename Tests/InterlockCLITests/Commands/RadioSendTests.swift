import TestSupport
import Testing

@testable import InterlockCLI
@testable import InterlockNode

@Suite(.tags(.integration), .ownThread) struct RadioSendTests {
  @Test func `beside a running node it drives no modem, as the account has one writer`()
    async throws
  {
    let scratch = try Scratch()
    let file = try scratch.configure("")
    var configuration = NodeConfiguration()
    configuration.storage.directory = scratch.file("state")
    configuration.modem.type = .kissSerial
    let node = try StateLock(StatePaths(configuration))
    let arguments = [
      "radio", "send", "15000102030405060708090a", "--port", scratch.file("modem"), "--config",
      file,
    ]
    let beside = CapturedConsole()
    #expect(await InterlockProgram.run(arguments, console: beside.console) == .failed)
    #expect(beside.errors.contains("lock"))
    #expect(beside.errors.contains("leave the modem out"))
    withExtendedLifetime(node) {}
  }

  @Test func `a modem that is not there ends it with 69`() async throws {
    let scratch = try Scratch()
    let arguments = [
      "radio", "send", "15000102030405060708090a", "--port", scratch.file("modem"), "--config",
      try scratch.configure(""), "--timeout", "1h",
    ]
    let alone = CapturedConsole()
    #expect(await InterlockProgram.run(arguments, console: alone.console) == .unreachable)
    #expect(alone.errors.contains("No such file"))
  }
}
