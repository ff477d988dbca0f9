import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct NodeDeviceTests {
  @Test func `a LoRa board behind a plain TNC is told its channel when the configuration says so`()
    async throws
  {
    let line = try PseudoTerminal()
    var configuration = NodeConfiguration()
    configuration.modem.type = .tncSerial
    configuration.modem.device = line.slavePath
    configuration.modem.textCommands = true
    let seed = [UInt8](repeating: 7, count: 32)
    let identity = try Identity(seed: SecretBytes(seed.span))
    let device = try NodeDevice(
      configuration, settings: configuration.modemSettings(), identity: identity,
      clock: SystemClock(), seed: 1, onHappening: { _ in })
    let expected = "set radio 869.618,62.5,8,8,18\r\n"
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await device.modem.run { _ in } }
      var heard: [UInt8] = []
      while heard.count < expected.utf8.count {
        heard += try await line.master.read(upTo: 1024)
      }
      #expect(String(decoding: heard.prefix(expected.utf8.count), as: UTF8.self) == expected)
      group.cancelAll()
    }
  }
}
