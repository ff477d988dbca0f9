import Foundation
import Interlock
import InterlockModems
import InterlockRadio
import InterlockSystem
import TestSupport
import Testing

/// A KISS server that others wrote, without a sound card: it hears a pipe on which nothing comes
/// and plays into the null device.
final class Direwolf: Sendable {
  static let path = ["/usr/bin/direwolf", "/usr/local/bin/direwolf"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  static let isHere = path != nil || ProcessInfo.processInfo.environment["CI"] != nil

  let port: UInt16
  private let directory: String
  private let process: Guarded<Process>
  private let silence = Pipe()

  init() throws {
    port = try { try SocketListener(loopbackPort: 0).port }()
    directory = NSTemporaryDirectory() + "interlock-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let configuration = """
      ADEVICE stdin null
      ARATE 22050
      ACHANNELS 1
      CHANNEL 0
      MYCALL N0CALL
      MODEM 1200
      AGWPORT 0
      KISSPORT \(port)

      """
    try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory + "/direwolf.conf"))
    let output = directory + "/output"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.path))
    process.arguments = ["-t", "0", "-c", directory + "/direwolf.conf", "-r", "22050", "-"]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.standardInput = silence
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = Guarded(process)
  }

  deinit { stop() }

  func stop() {
    // Foundation waits for its children by itself.
    process.withLock { process in
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    // What cannot be removed is in the temporary directory.
    try? FileManager.default.removeItem(atPath: directory)
  }

  var log: String {
    (try? String(contentsOfFile: directory + "/output", encoding: .utf8)) ?? ""
  }
}

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10)), .enabled(if: Direwolf.isHere))
struct DirewolfTests {
  private func modem(_ port: UInt16, source: String) throws -> KISSTNCModem {
    var options = KISSTNCOptions()
    let header: AX25Header = try #require(AX25Header(destination: "MESHCO", source: source))
    options.wrapping = header
    options.pace = .bitsPerSecond(1200)
    options.access.transmitDelay = .milliseconds(50)
    options.access.persistence = 255
    options.access.slotTime = .milliseconds(10)
    return KISSTNCModem(
      .tcp(host: "127.0.0.1", port: port), settings: Workbench.settings, options: options, seed: 1)
  }

  @Test func `a frame goes out through Direwolf, for two clients one after the other`()
    async throws
  {
    let server = try Direwolf()
    let (first, second) = (
      try modem(server.port, source: "N0CALL-1"), try modem(server.port, source: "N0CALL-2")
    )
    let (firstEvents, secondEvents) = (Recorder(), Recorder())
    try await withThrowingTaskGroup(of: Void.self) { group in
      // The first attempts may come before it listens; the driver tries again by itself.
      group.addTask { try await first.run { await firstEvents.record($0) } }
      group.addTask { try await second.run { await secondEvents.record($0) } }
      try await firstEvents.untilConnected()
      try await secondEvents.untilConnected()
      let devices = firstEvents.all.compactMap { event -> String? in
        if case .connected(let device) = event { device } else { nil }
      }
      #expect(devices.first?.hasPrefix("DIREWOLF") == true, "\(devices)")
      #expect(await first.transmit(Array("hello".utf8), sequence: 1) == .sent(onAir: nil))
      #expect(await second.transmit(Array("world".utf8), sequence: 1) == .sent(onAir: nil))
      #expect(try await first.channelActivity() == .left)

      // Gone in the middle: the clients notice.
      server.stop()
      try await firstEvents.until { events in
        guard case .disconnected? = events.last else { return false }
        return true
      }
      guard case .notSent = await first.transmit([1], sequence: 2) else {
        throw Failed("sent without a server")
      }
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }
}
