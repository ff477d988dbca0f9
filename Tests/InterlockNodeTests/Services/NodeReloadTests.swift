import Foundation
import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeReloadTests {
  @Test func `a mode set during a reload stays, and so do the other changes`() async throws {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdSettings(at: gate)
    try await run.running {
      run.reload {
        $0.radio.powerDBm -= 1
        $0.node.mode = .monitor
        $0.repeater.maximumFloodHops = 7
      }
      await gate.reached.wait()
      let answer = await run.ask(["command": "mode", "mode": "no_tx"])
      #expect(answer["mode"]?.string == "no_tx")
      gate.opened.open()
      await run.said("Configuration reloaded")
      #expect(run.node.pipeline.snapshot().mode == .noTx)
      #expect(run.node.repeater.configuration.mode == .noTx)
      #expect(run.node.repeater.configuration.maximumFloodHops == 7)
    }
  }

  @Test func `a mode set before stays when the file says nothing else of it`() async throws {
    let run = try await RunningNode()
    try await run.running {
      _ = await run.ask(["command": "mode", "mode": "monitor"])
      run.reload { $0.repeater.maximumFloodHops = 7 }
      await run.said("Configuration reloaded")
      #expect(run.node.pipeline.snapshot().mode == .monitor)
      #expect(run.node.repeater.configuration.mode == .monitor)
    }
  }

  @Test func `a mode that changes in the file is put in force`() async throws {
    let run = try await RunningNode()
    try await run.running {
      run.reload { $0.node.mode = .noTx }
      await run.said("Configuration reloaded")
      #expect(run.node.pipeline.snapshot().mode == .noTx)
      #expect(run.node.repeater.configuration.mode == .noTx)
    }
  }

  @Test func `how the modem comes to send changes without a restart`() async throws {
    let run = try await RunningNode()
    try await run.running {
      run.reload {
        $0.modem.persistence = 63
        $0.modem.slotTime = .milliseconds(100)
        $0.modem.transmitDelay = .milliseconds(300)
        $0.modem.transmitTail = .milliseconds(10)
        $0.modem.fullDuplex = true
      }
      await run.said("Configuration reloaded")
      #expect(
        run.radio.settings.map(\.access) == [
          ChannelAccess(
            persistence: 63, slotTime: .milliseconds(100), transmitDelay: .milliseconds(300),
            transmitTail: .milliseconds(10), isFullDuplex: true)
        ])
    }
  }

  @Test func `the sizes of tables change without a restart`() async throws {
    let run = try await RunningNode()
    try await run.running {
      run.reload {
        $0.repeater.seenCapacity = 5000
        $0.repeater.heldCapacity = 5
        $0.repeater.neighbourCapacity = 6
      }
      await run.said("Configuration reloaded")
      let configuration = run.node.repeater.configuration
      #expect(configuration.seenCapacity == 5000)
      #expect(configuration.heldCapacity == 5)
      #expect(configuration.neighbourCapacity == 6)
    }
  }

  /// Lets a node hear a client's first login, and says what it noted of it.
  private static func login(_ password: String, to run: RunningNode) throws -> String? {
    let client = Identity.generate { SecureRandom.secret(Ed25519.seedBytes) }
    let node = run.node.identity.publicKey
    let secret = try #require(client.sharedSecret(with: node))
    let request = AnonymousRequest(
      timestamp: 1, content: .login(password: Array(password.utf8)))
    let envelope = AnonymousEnvelope(
      sealing: request.plaintext, from: client.publicKey, to: node, under: secret)
    let packet = try #require(
      Packet(route: .flood, type: .anonymousRequest, payload: envelope.payload))
    run.node.repeater.receive(
      ReceivedFrame(
        bytes: packet.frame, snrQuarterDB: 20, rssiDBm: -80, receivedAt: run.clock.now))
    return run.lines.first { $0.contains("\(client.publicKey)") }
  }

  @Test func `passwords change without a restart, from none and back to none`() async throws {
    let run = try await RunningNode()
    @Sendable func noted(_ password: String, _ expected: String?) throws {
      let line = try Self.login(password, to: run)
      #expect(expected.map { line?.hasPrefix($0) == true } ?? (line == nil), "\(line ?? "nothing")")
    }
    try await run.running {
      try noted("first", nil)
      run.reload { $0.security.adminPassword = "first" }
      await run.said("security.adminPassword")
      try noted("first", "Client logged in")
      run.reload { $0.security.guestPassword = "second" }
      await run.said("security.guestPassword")
      try noted("second", "Client logged in")
      run.reload {
        $0.node.name = "Hill"
        $0.security.adminPassword = "third"
      }
      await run.said("node.name security.adminPassword")
      try noted("first", "Login refused")
      try noted("third", "Client logged in")
      run.reload { $0.security = SecuritySection() }
      await run.said("security.adminPassword security.guestPassword")
      try noted("third", nil)
    }
  }

  @Test func `what the modem refuses leaves everything as it was, the log too`() async throws {
    let run = try await RunningNode()
    let other = run.folder.path + "/other.log"
    run.radio.refuseSettings(ModemError(.refused, "no such power"))
    try await run.running {
      run.reload {
        $0.radio.powerDBm -= 1
        $0.log.file = other
        $0.node.name = "another"
        $0.node.mode = .noTx
        $0.dutyCycle.limits = []
        $0.repeater.maximumFloodHops = 7
      }
      await run.said("Configuration not reloaded")
      #expect(run.node.repeater.configuration.maximumFloodHops != 7)
      #expect(run.node.pipeline.snapshot().mode == .forward)
      #expect(run.node.snapshot().name != "another")
    }
    await run.node.log.flush(clock: run.clock)
    #expect(try FileContents.read(other, atMost: 1 << 16).isEmpty)
    let log = try FileContents.read(run.folder.path + "/node.log", atMost: 1 << 16)
    #expect(String(decoding: log, as: UTF8.self).contains("Configuration not reloaded"))
  }

  @Test func `a log that cannot be opened leaves everything as it was`() async throws {
    let run = try await RunningNode()
    try await run.running {
      run.reload {
        $0.radio.powerDBm -= 1
        $0.log.file = run.folder.path + "/missing/node.log"
      }
      await run.said("Configuration not reloaded")
      #expect(run.radio.settings.isEmpty)
    }
  }

  @Test func `every reload opens the log anew, so that it can be rotated`() async throws {
    let run = try await RunningNode()
    let path = run.folder.path + "/node.log"
    try await run.running {
      await run.node.log.flush(clock: run.clock)
      try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
      run.node.reload()
      await run.said("nothing changed")
    }
    let new = try FileContents.read(path, atMost: 1 << 16)
    #expect(String(decoding: new, as: UTF8.self).contains("nothing changed"))
  }
}
