import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockSimulation

@Suite(.tags(.simulation), .ownThread) struct NeighbourhoodTests {
  private struct Entries: Sendable {
    var frames: [ReceivedFrame] = []
    var happenings: [MeshHappening] = []
    var inhabitants: [Neighbourhood.Inhabitant] = []
    var outcome: TransmitOutcome?
  }

  private final class Diary: Sendable {
    private let entries = Guarded(Entries())

    func hear(_ event: ModemEvent) {
      guard case .received(let frame) = event else { return }
      entries.withLock { $0.frames.append(frame) }
    }
    func see(_ happening: MeshHappening) {
      entries.withLock { $0.happenings.append(happening) }
    }
    func meet(_ inhabitants: [Neighbourhood.Inhabitant]) {
      entries.withLock { $0.inhabitants = inhabitants }
    }
    func end(_ outcome: TransmitOutcome) {
      entries.withLock { $0.outcome = outcome }
    }
    var frames: [ReceivedFrame] { entries.withLock { $0.frames } }
    var packets: [Packet] { frames.compactMap { try? Packet(parsing: $0.bytes) } }
    var happenings: [MeshHappening] { entries.withLock { $0.happenings } }
    var inhabitants: [Neighbourhood.Inhabitant] { entries.withLock { $0.inhabitants } }
    var wasSent: Bool {
      if case .sent = entries.withLock({ $0.outcome }) { return true }
      return false
    }
  }

  private static func settings(seed: UInt64) -> NeighbourhoodSettings {
    var settings = NeighbourhoodSettings(
      modem: .narrow, dutyCycle: .hourly(permille: 100), unixTime: 1_790_000_000)
    settings.seed = seed
    return settings
  }

  private static func identity() -> Identity {
    var generator = SeededGenerator(seed: 77)
    return Identity.generate {
      let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
      return SecretBytes(bytes.span)
    }
  }

  /// Lets a neighbourhood live for so long around a modem, and writes down what happens.
  private static func live(
    seed: UInt64, for duration: Duration, schedule: UInt64 = 1, sending frame: [UInt8]? = nil
  ) throws -> Diary {
    let diary = Diary()
    try SeededScheduler.run(seed: schedule) { scheduler in
      // A real clock does not begin at zero either.
      try await scheduler.clock.sleep(for: .seconds(1_000_000))
      let neighbourhood = Neighbourhood(settings(seed: seed), clock: scheduler.clock) {
        diary.see($0)
      }
      diary.meet(neighbourhood.inhabitants)
      let modem = neighbourhood.attach(key: identity().publicKey)
      try await withThrowingTaskGroup { group in
        group.addTask { try? await neighbourhood.run() }
        group.addTask { try? await modem.run { diary.hear($0) } }
        if let frame { diary.end(await modem.transmit(frame, sequence: 1)) }
        try await scheduler.clock.sleep(for: duration)
        group.cancelAll()
      }
    }
    return diary
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `within two minutes a node hears adverts and talk`(seed: UInt64) throws {
    let diary = try Self.live(seed: seed, for: .seconds(180))
    #expect(diary.frames.count > 10, "seed \(seed)")
    #expect(diary.packets.count == diary.frames.count, "seed \(seed)")
    #expect(diary.packets.contains { $0.payloadType == .advert }, "seed \(seed)")
    #expect(diary.packets.contains { $0.payloadType == .groupText }, "seed \(seed)")
    #expect(!diary.happenings.isEmpty, "seed \(seed)")
  }

  @Test func `adverts are signed by those who live there, with their names`() throws {
    let diary = try Self.live(seed: 1, for: .seconds(600))
    let known = diary.inhabitants
    #expect(known.count == 10)
    let adverts = diary.packets.filter { $0.payloadType == .advert }.compactMap {
      Advert(parsing: $0.payload)
    }
    #expect(adverts.count > 5)
    for advert in adverts {
      #expect(advert.isSignatureValid)
      let inhabitant = known.first { $0.publicKey == advert.publicKey }
      #expect(inhabitant?.name == advert.data?.name)
      #expect(advert.timestamp >= 1_790_000_000 && advert.timestamp <= 1_790_000_600)
    }
  }

  @Test func `what is said can be read with the public channel's key`() throws {
    let diary = try Self.live(seed: 1, for: .seconds(600))
    let channel = try #require(Channel(key: MeshPlan.publicChannelKey))
    let texts = diary.packets.filter { $0.payloadType == .groupText }.compactMap {
      ChannelEnvelope(parsing: $0.payload)
        .flatMap { channel.secret.open($0.sealed) }.flatMap { TextMessage(parsing: $0)?.text }
    }
    let said = diary.happenings.compactMap {
      guard case .said(let sentence) = $0.kind else { return nil as String? }
      return "\($0.name): \(sentence)"
    }
    #expect(texts.count > 5)
    #expect(Set(texts).isSubset(of: Set(said)))
  }

  @Test func `neighbours relay what the node sends`() throws {
    let channel = try #require(Channel(key: MeshPlan.publicChannelKey))
    let envelope = ChannelEnvelope(sealing: [1, 2, 3], for: channel)
    let packet = try #require(
      Packet(route: .flood, type: .groupText, payload: envelope.payload))
    let diary = try Self.live(seed: 1, for: .seconds(30), sending: packet.serialized())
    #expect(diary.wasSent)
    let echoes = diary.packets.filter { $0.packetHash == packet.packetHash }
    #expect(!echoes.isEmpty)
    #expect(echoes.allSatisfy { $0.pathField.hopCount >= 1 })
  }

  @Test func `people send over the node once its key is known`() throws {
    let hop = Self.identity().publicKey.hash
    let diary = try Self.live(seed: 1, for: .seconds(3_600))
    let direct = diary.packets.filter { $0.payloadType == .text || $0.payloadType == .trace }
    let overNode = direct.filter { packet in
      packet.payloadType == .text
        ? packet.path.first == hop : packet.payload.dropFirst(9).contains(hop)
    }
    #expect(!overNode.isEmpty)
  }

  @Test func `one seed gives one life, whatever the schedule; another seed another`() throws {
    let first = try Self.live(seed: 4, for: .seconds(300), schedule: 1)
    let again = try Self.live(seed: 4, for: .seconds(300), schedule: 2)
    #expect(first.frames == again.frames)
    #expect(first.happenings == again.happenings)
    let other = try Self.live(seed: 5, for: .seconds(300))
    #expect(first.happenings != other.happenings)
  }

  @Test func `nobody stands on another's roof and all are within the area`() {
    var settings = Self.settings(seed: 9)
    settings.repeaters = 40
    settings.users = 40
    let sites = settings.plan().sites
    #expect(sites.count == 80)
    #expect(Set(sites.map(\.name)).count == 80)
    for site in sites {
      #expect(abs(site.position.east) <= 4_000 && abs(site.position.north) <= 4_000)
      #expect(site.position.distance(to: .origin) >= 50)
    }
  }

  @Test func `nobody at all is a neighbourhood too`() throws {
    let diary = Diary()
    try SeededScheduler.run(seed: 1) { scheduler in
      var settings = Self.settings(seed: 1)
      settings.repeaters = 0
      settings.users = 0
      let neighbourhood = Neighbourhood(settings, clock: scheduler.clock)
      let modem = neighbourhood.attach(key: nil)
      await withTaskGroup { group in
        group.addTask { try? await neighbourhood.run() }
        group.addTask { try? await modem.run { diary.hear($0) } }
        diary.end(await modem.transmit([1, 2, 3], sequence: 1))
        group.cancelAll()
      }
    }
    #expect(diary.wasSent)
    #expect(diary.frames.isEmpty)
  }
}
