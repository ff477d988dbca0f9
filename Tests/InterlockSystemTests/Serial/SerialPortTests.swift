import Foundation
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct SerialPortTests {
  @Test func `every byte value passes a line unchanged, both ways`() async throws {
    let pair = try PseudoTerminal()
    let slave = try SerialPort.open(pair.slavePath)
    let all = (0...255).map { UInt8($0) }
    try await slave.write(all)
    #expect(try await pair.master.readExactly(256) == all)
    try await pair.master.write(all)
    #expect(try await slave.readExactly(256) == all)
  }

  @Test func `a line that is not there is named, with where to look`() throws {
    let error = #expect(throws: SystemError.self) { try SerialPort.open("/dev/ttyNOWHERE0") }
    let text = try #require(error).description
    #expect(text.contains("/dev/ttyNOWHERE0") && text.contains("No such file"))
    #expect(text.contains("/dev/serial/by-id"))
  }

  @Test func `a plain file is refused as no serial line`() throws {
    let error = #expect(throws: SystemError.self) { try SerialPort.open("/dev/null") }
    #expect(try #require(error).description.contains("no serial line"))
  }

  @Test func `an unknown speed is refused with its number`() throws {
    let pair = try PseudoTerminal()
    let error = #expect(throws: SystemError.self) {
      try SerialPort.open(pair.slavePath, bitsPerSecond: 12345)
    }
    #expect(try #require(error).description.contains("12345"))
  }

  @Test func `a line that is open is refused to a second opener, root or not, until it is closed`()
    async
  {
    // In a process of its own: a program that another test starts has this one's locks between its
    // fork and its exec.
    await #expect(processExitsWith: .success) {
      let pair = try PseudoTerminal()
      let first = try SerialPort.open(pair.slavePath)
      let error = #expect(throws: SystemError.self) { try SerialPort.open(pair.slavePath) }
      // Whom the kernel's own claim holds off learns it from `open`, root from the lock.
      #expect(try #require(error).description.contains("fuser \(pair.slavePath)"))
      first.close()
      try SerialPort.open(pair.slavePath).close()
    }
  }

  @Test func `a reader learns that the line was pulled out`() async throws {
    let pair = try PseudoTerminal()
    let slave = try SerialPort.open(pair.slavePath)
    pair.master.close()
    // Linux tells a hung-up line by an end of file or by an input error.
    let ended: Bool
    do { ended = try await slave.read(upTo: 10).isEmpty } catch is SystemError { ended = true }
    #expect(ended)
  }
}

extension ByteStream {
  func readExactly(_ count: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try await read(upTo: count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }
}
