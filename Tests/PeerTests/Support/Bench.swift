import Foundation
import Interlock
import InterlockModems
import InterlockSystem

/// Two radios within earshot on a table: two modems, each behind a serial line, on one channel.
///
/// The modems are this project's emulation of the MeshCore modem firmware; time passes for real, as
/// the programs at the other ends of the lines have clocks of their own.
final class Bench: Sendable {
  let nodeLine: PseudoTerminal
  let peerLine: PseudoTerminal
  private let boards: [EmulatedBoard]
  private let directory: URL

  init() throws {
    nodeLine = try PseudoTerminal()
    peerLine = try PseudoTerminal()
    let air = EmulatedAir()
    boards = (1...2).map { number in
      EmulatedBoard(
        EmulatedKISSModem(
          publicKey: Array(repeating: UInt8(number), count: 32), deviceName: "board \(number)",
          seed: UInt64(number)),
        air: air, clock: SystemClock())
    }
    directory = FileManager.default.temporaryDirectory.appending(path: "peers-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit {
    // What cannot be removed is in the temporary directory.
    try? FileManager.default.removeItem(at: directory)
  }

  /// Lets the modems work while `body` does.
  func run(_ body: @escaping @Sendable (Bench) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for (board, line) in zip(boards, [nodeLine, peerLine]) {
        group.addTask {
          // The line ends when its program does.
          try? await board.serve(line.master)
          return false
        }
      }
      group.addTask {
        try await body(self)
        return true
      }
      while let isBody = try await group.next(), !isBody {}
      group.cancelAll()
    }
  }

  /// What an administrator of the node logs in with.
  static let password = "table-top"

  /// The node under test, as the program a user runs.
  func startNode(seed: String) throws -> Dialogue {
    let configuration = directory.appending(path: "node.json5")
    let text = """
      {
        node: { name: "Under test" },
        identity: { key: "\(seed)" },
        security: { adminPassword: "\(Self.password)" },
        radio: { frequencyMHz: 868.3, bandwidthKHz: 250, spreadingFactor: 7, codingRate: 5 },
        modem: { type: "kiss_serial", device: "\(nodeLine.slavePath)" },
        delays: { floodFactor: 0.1, directFactor: 0.1 },
        storage: { directory: "\(directory.path())" },
      }
      """
    try Data(text.utf8).write(to: configuration)
    let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "interlock")
    return try Dialogue(
      "node", program, ["node", "--config", configuration.path(), "--json"])
  }
}
