import Interlock
import InterlockCrypto
import InterlockLabTesting
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

/// A program around a repeater that agrees to everything and remembers it.
private final class AgreeableHost: AdministrationHost {
  let changes = Guarded<[AdminChange]>([])
  let stored = Guarded<AccessList?>(nil)
  let refusal: AdminCommandError?

  init(refusing refusal: AdminCommandError? = nil) { self.refusal = refusal }

  func readings() -> AdminReadings {
    var readings = AdminReadings()
    readings.version = "interlock test"
    readings.ownerInfo = "Ada"
    readings.batteryMillivolts = 4123
    readings.noiseFloorDBm = -117
    return readings
  }

  func apply(_ change: AdminChange) throws(AdminCommandError) {
    if let refusal { throw refusal }
    changes.withLock { $0.append(change) }
  }

  func store(_ access: AccessList) { stored.withLock { $0 = access } }
  func note(_ event: AdminEvent) {}
}

/// A modem that sends whatever it is given, at once, and hears nothing.
private final class RecordingModem: Modem {
  let sent = Guarded<[[UInt8]]>([])

  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {}
  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    sent.withLock { $0.append(frame) }
    return .sent(onAir: nil)
  }
  func channelActivity() async throws(ModemError) -> ChannelActivity { .clear }
  func apply(_ settings: ModemSettings) async throws(ModemError) {}
  func reset() async throws(ModemError) {}
}

/// A repeater that can be administered, on virtual time.
private struct AdministeredStation {
  let node = AdminBench.node
  let modem = RecordingModem()
  let host: AgreeableHost
  let pipeline: TransmitPipeline
  let repeater: Repeater
  let clock = Stopwatch()

  init(host: AgreeableHost = AgreeableHost()) {
    self.host = host
    pipeline = TransmitPipeline(
      modem: modem,
      settings: ModemSettings(lora: RepeaterFixture.settings, transmitPowerDBm: 14),
      ledger: AirtimeLedger(policy: .unlimited, at: clock.now), clock: clock,
      seed: 1)
    let machine = AdministrationMachine(
      identity: node, passwords: .init(admin: AdminPassword("hunter2")))
    repeater = Repeater(
      identity: node, profile: AdvertProfile(name: "Hill", floodInterval: nil),
      administration: Administration(machine: machine, host: host),
      settings: RepeaterFixture.settings, pipeline: pipeline, clock: clock,
      seed: 1, unixTime: { 1_800_000_000 })
  }

  /// Lets the node hear a packet and collects what it sends within some seconds.
  func say(_ packet: Packet?) async throws -> [Packet] {
    let before = modem.sent.withLock { $0.count }
    let bytes = try #require(packet?.frame)
    let verdict = repeater.receive(
      ReceivedFrame(bytes: bytes, snrQuarterDB: 26, rssiDBm: -88, receivedAt: clock.now))
    #expect(verdict == .consumed(.local))
    try await clock.sleep(for: .seconds(10))
    return try modem.sent.withLock { Array($0.dropFirst(before)) }.map { try Packet(parsing: $0) }
  }

  /// Runs pipeline and repeater around a conversation.
  func run(_ talk: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pipeline.run() }
      group.addTask { try await repeater.run() }
      try await talk()
      group.cancelAll()
      while let ended = await group.nextResult() {
        if case .failure(let error) = ended, !(error is CancellationError) { throw error }
      }
    }
  }
}

@Suite struct AdministrationEndToEndTests {
  private static func client() throws -> AdminClient {
    try #require(AdminClient(AdminClient.identity(2), node: AdminBench.node.publicKey))
  }

  private static func text(_ packets: [Packet], _ client: AdminClient) throws -> String {
    let packet = try #require(packets.last)
    #expect(packet.payloadType == .text)
    let plaintext = try #require(client.open(packet))
    let message = try #require(TextMessage(parsing: plaintext))
    #expect(message.kind == .commandOutput)
    return message.text
  }

  @Test(.explored(.many(100)))
  func `a client logs in, reads status and neighbours, and sets txdelay`() async throws {
    let station = AdministeredStation()
    let client = try Self.client()
    try await station.run {
      // A repeater nearby, so that there is a neighbour.
      let near = AdminClient.identity(5)
      let advert = Advert(
        signedBy: near, timestamp: 5, data: AdvertData(nodeType: .repeater, name: "Near"))
      station.repeater.receive(
        ReceivedFrame(
          bytes: try #require(
            Packet(route: .direct, type: .advert, payload: advert.payload)
          ).frame, snrQuarterDB: 20, rssiDBm: -90, receivedAt: station.clock.now))

      let welcome = try #require(
        try await station.say(client.login("hunter2", at: 100, path: [7, 8])).first)
      #expect(welcome.payloadType == .path)
      #expect(welcome.route == .flood)
      let back = try #require(client.open(welcome).flatMap { PathReturn(parsing: $0) })
      #expect(back.path == [7, 8])
      #expect(back.extraType == .response)
      #expect(back.extra[4..<8] == [0, 0, 1, 3])
      #expect(station.host.stored.withLock { $0?.clients.count } == 1)

      // It tells the way to it, and is answered along that way from then on.
      let way = try #require(
        PathReturn(
          pathField: PathField(rawValue: 2), path: [8, 7], extraTypeByte: PathReturn.noExtra,
          extra: [1, 2, 3, 4]))
      let silence = try await station.say(
        client.packet(.path, client.sealed(way.plaintext), path: [7, 8]))
      #expect(silence.isEmpty)

      let status = try #require(
        try await station.say(client.request(.status, at: 101, path: nil)).first)
      #expect(status.payloadType == .response)
      #expect(status.route == .direct)
      #expect(Array(status.path) == [8, 7])
      let reading = try #require(client.open(status).flatMap { ResponseMessage(parsing: $0) })
      #expect(reading.tag == 101)
      var reader = ByteReader(reading.data)
      #expect(reader.uint16() == 4123)
      #expect(reader.uint16() == 0)
      #expect(reader.uint16().map { Int16(bitPattern: $0) } == -117)
      #expect(reader.uint16().map { Int16(bitPattern: $0) } == -88)
      #expect(reader.uint32() == 4)
      #expect(reader.uint32() == 1)

      let query: [UInt8] = [0, 10, 0, 0, 0, 4, 1, 2, 3, 4]
      let neighbours = try #require(
        try await station.say(client.request(.neighbours, query, at: 102, path: nil)).first)
      let list = try #require(client.open(neighbours).flatMap { ResponseMessage(parsing: $0) })
      #expect(list.data.prefix(4) == [1, 0, 1, 0])
      #expect(Array(list.data[4..<8]) == Array(near.publicKey.bytes.prefix(4)))
      #expect(list.data[12] == 20)

      let set = try await station.say(client.command("ab|set txdelay 0.25", at: 103, path: nil))
      #expect(try Self.text(set, client) == "ab|OK")
      #expect(station.repeater.configuration.delays.floodFactor == 0.25)
      #expect(station.host.changes.withLock { $0 } == [.setting(.floodDelay(0.25))])
      let get = try await station.say(client.command("get txdelay", at: 104, path: nil))
      #expect(try Self.text(get, client) == "> 0.25")
    }
  }

  @Test(.explored(.many(100))) func `a tempradio comes into force at once and ends by itself`()
    async throws
  {
    let station = AdministeredStation()
    let client = try Self.client()
    try await station.run {
      _ = try await station.say(client.login("hunter2", at: 100))
      let other = LoRaSettings(
        frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 9,
        codingRateDenominator: 5)
      _ = try await station.say(client.command("tempradio 868,125,9,5,5", at: 101))
      #expect(station.host.changes.withLock { $0 } == [.temporaryRadio(other)])
      station.repeater.settingsChanged(to: other)
      try await station.clock.sleep(for: .seconds(289))
      #expect(station.host.changes.withLock { $0.count } == 1)
      try await station.clock.sleep(for: .seconds(2))
      #expect(
        station.host.changes.withLock { $0 } == [
          .temporaryRadio(other), .temporaryRadio(RepeaterFixture.settings),
        ])
    }
  }

  @Test(.explored(.many(100)))
  func `what the host refuses is not changed, and the client is told why`() async throws {
    let host = AgreeableHost(refusing: AdminCommandError("Error: fixed by the environment"))
    let station = AdministeredStation(host: host)
    let client = try Self.client()
    try await station.run {
      _ = try await station.say(client.login("hunter2", at: 100))
      let answer = try await station.say(client.command("set txdelay 2", at: 101))
      #expect(try Self.text(answer, client) == "Error: fixed by the environment")
      #expect(station.repeater.configuration.delays.floodFactor == 1)
    }
  }

  @Test(.explored(.many(100))) func `cleared statistics count from zero, and levels stay`()
    async throws
  {
    let station = AdministeredStation()
    let client = try Self.client()
    try await station.run {
      _ = try await station.say(client.login("hunter2", at: 100))
      #expect(station.repeater.status().received == 1)
      #expect(station.repeater.status().sent == 1)
      _ = try await station.say(client.command("clear stats", at: 101))
      let status = station.repeater.status()
      #expect(status.received == 0)
      #expect(status.sentFlood == 1)
      #expect(status.batteryMillivolts == 4123)
      #expect(status.uptimeSeconds == 20)
    }
  }

  @Test(.explored(.many(100)))
  func `an answer is bound to the region of the question, or to none as it was`() async throws {
    let station = AdministeredStation()
    let client = try Self.client()
    let region = try Region("#eu")
    try await station.run {
      var configuration = station.repeater.configuration
      try configuration.regions.add(region, allowsFlood: false)
      configuration.defaultRegion = try Region("#home")
      station.repeater.setConfiguration(configuration)
      let plain = try #require(client.login("hunter2", at: 100, path: [7]))
      #expect(try await station.say(plain).first?.route == .flood)
      let payload = try #require(client.request(.status, at: 101)).payload
      let scoped = Packet(
        route: .transportFlood, type: .request,
        transportCodes: TransportCodes(
          region: region.code(type: PayloadType.request.rawValue, payload: Array(payload).span)),
        payload: Array(payload))
      let answer = try #require(try await station.say(scoped).first)
      #expect(answer.route == .transportFlood)
      #expect(
        answer.transportCodes?.region
          == region.code(type: PayloadType.path.rawValue, payload: Array(answer.payload).span))
    }
  }
}
