import Foundation
import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import Testing

/// A conversation with pymc_core: it made the packets, and opened the answers made here.
@Suite struct AdminVectorTests {
  private struct File: Decodable {
    struct Answer: Decodable {
      var packet: String
      var type: UInt8
      var plaintext: String?
      var checksum: UInt32?
    }
    struct Step: Decodable {
      var name: String
      var timestamp: UInt32
      var packet: String
      var acknowledgement: UInt32?
      var answers: [Answer]
    }
    var nodeSeed: String
    var nodeKey: String
    var clientKey: String
    var steps: [Step]
  }

  private static func file() throws -> File {
    let url = try #require(
      Bundle.module.url(forResource: "admin", withExtension: "json", subdirectory: "Vectors"))
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
  }

  private static func answer(to task: AdminTask) -> AdminAnswer {
    switch task.work {
    case .login: return .welcome
    case .status:
      var status = AdminStatus()
      status.batteryMillivolts = 4123
      status.lastRSSIDBm = -88
      status.received = 70_000
      return .data(status.bytes)
    case .neighbours: return .data([1, 0, 1, 0, 0xAA, 0xBB, 0xCC, 0xDD, 60, 0, 0, 0, 0xEC])
    case .command(let line): return .text(line == "get txdelay" ? "> 0.5" : "?")
    case .question, .telemetry, .accessList, .ownerInfo: return .text("?")
    }
  }

  @Test func `what pymc_core asks is understood, and it understands the answers`() throws {
    let file = try Self.file()
    let seed = try #require(Hex.decode(file.nodeSeed))
    let node = try Identity(seed: SecretBytes(seed.span))
    #expect("\(node.publicKey)" == file.nodeKey)
    var machine = RepeaterMachine(
      configuration: RepeaterConfiguration(), publicKey: node.publicKey,
      administration: AdministrationMachine(
        identity: node, passwords: .init(admin: AdminPassword("hunter2"))),
      settings: RepeaterFixture.settings, seed: 1)
    for (second, step) in file.steps.enumerated() {
      let now = Instant.origin.advanced(by: .seconds(second))
      let bytes = try #require(Hex.decode(step.packet))
      let verdict = machine.receive(
        ReceivedFrame(bytes: bytes, snrQuarterDB: 20, rssiDBm: -90, receivedAt: now), at: now)
      #expect(verdict == .consumed(.local), "\(step.name)")
      var sent: [[UInt8]] = []
      while let action = machine.nextAction() {
        switch action {
        case .transmit(let frame): sent.append(frame.bytes)
        case .administer(let task):
          #expect("\(task.client)" == file.clientKey)
          #expect(task.tag == step.timestamp)
          machine.answer(task, Self.answer(to: task), unixTime: 1_700_000_200, at: now)
        case .deliver, .note, .noteBar, .noteRule, .storeAccess: break
        }
      }
      #expect(sent.map { Hex.encode($0) } == step.answers.map(\.packet), "\(step.name)")
    }
  }

  @Test func `the answers say, as pymc_core opened them, what was meant`() throws {
    let steps = try Self.file().steps
    func plaintext(_ name: String) throws -> [UInt8] {
      let answer = try #require(steps.first { $0.name == name }?.answers.last)
      return try #require(answer.plaintext.flatMap { Hex.decode($0) })
    }
    let welcome = try #require(PathReturn(parsing: try plaintext("login")))
    #expect(welcome.extraType == .response)
    #expect(Array(welcome.extra[4..<8]) == [0, 0, 1, 3])
    let status = try #require(PathReturn(parsing: try plaintext("status")))
    #expect(status.extra.count >= 4 + AdminStatus.byteCount)
    #expect(Array(status.extra[4..<6]) == [0x1B, 0x10])
    let text = try #require(TextMessage(parsing: try plaintext("command")))
    #expect(text.text == "> 0.5")
    #expect(text.kind == .commandOutput)
    let command = try #require(steps.first { $0.name == "command" })
    let acknowledgement = try #require(command.answers.first { $0.type == 3 })
    #expect(acknowledgement.checksum == command.acknowledgement)
  }
}
