internal import Interlock
internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

/// `interlock radio send`: one packet on the air, within the allowance.
enum RadioSend: Command {
  private static let advert = Option.flag(
    "--advert", "announce the identity to the neighbours; with --flood to the whole mesh")
  private static let flood = Option.flag("--flood", "for --advert: to the whole mesh")
  private static let text = Option.text(
    "--text", "TEXT", "say something on a channel, by default the public one")
  private static let name = Option.text(
    "--name", "NAME", "who announces itself or speaks"
  ).defaulting(to: "Interlock")
  private static let channelKey = Option.hex(
    "--channel-key", "HEX", bytes: [16, 32], "for --text: the channel's key")
  private static let timeout = Option.duration(
    "--timeout", "how long the packet may wait for the modem and the allowance"
  ).defaulting(to: .seconds(30), shown: "30s")

  static let declaration = CommandDeclaration(
    path: ["radio", "send"],
    summary: "sends one packet through a modem or a running node",
    details:
      "With --port or --tcp it drives that modem itself, counting in the same airtime ledger as "
      + "the node of the configuration; otherwise it asks the running node.",
    operands: [Operand(name: "HEX", meaning: "a whole frame in hexadecimal", isOptional: true)],
    options: [
      advert.optional, flood.optional, text.optional, name.optional, channelKey.optional,
      timeout.optional, NodeSocket.socket.optional, NodeSocket.config.optional,
    ] + ModemOptions.all + [ArgumentParser.json.optional],
    statuses: [.failed, .badInput, .unreachable, .notInTime, .notPermitted],
    example: "radio send --text hello --name Ann --port /dev/ttyACM0")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let given =
      arguments.operands.count + (arguments.has(advert) ? 1 : 0)
      + (try arguments[text] == nil ? 0 : 1)
    guard given == 1 else {
      throw CommandFailure(
        .usage, "one packet is needed", "give either HEX, --advert or --text TEXT")
    }
    var configuration = try ConfigurationSource(path: try arguments[NodeSocket.config]).read()
    // A real transmission counts in the real account, also under the defaults, which simulate.
    if try ModemOptions.isGiven(arguments) { configuration.modem.type = .kissSerial }
    let packet = try await packet(arguments, configuration)
    let result =
      try ModemOptions.isGiven(arguments)
      ? try await transmit(packet, arguments, configuration)
      : try await ask(packet, arguments)
    var report = Report()
    report.add("sent", .string("\(packet.payloadType)"), "\(packet)")
    report.add("frame", .string(Hex.encode(packet.frame)))
    report.add("airtime_us", .integer(result), "\(Duration.microseconds(result).forReading)")
    try console.print(report, asJSON: arguments.has(ArgumentParser.json))
  }

  // MARK: What is sent

  private static func packet(
    _ arguments: Arguments, _ configuration: NodeConfiguration
  ) async throws -> Packet {
    if let hex = arguments.operands.first {
      let packet = try Packet(hexadecimal: hex)
      guard packet.payloadByteCount > 0 else {
        throw CommandFailure(.badInput, "the packet has no payload", "no node would take it")
      }
      return packet
    }
    let made =
      if let text = try arguments[text] { try message(text, arguments) } else {
        try await announcement(arguments, configuration)
      }
    guard let made else {
      throw CommandFailure(.badInput, "the packet would be too long", "say it in fewer words")
    }
    return made
  }

  private static func message(_ text: String, _ arguments: Arguments) throws -> Packet? {
    guard
      let channel = try arguments[channelKey].map({ Channel(key: $0) }) ?? DecodeKeys.publicChannel
    else { return nil }
    let message = TextMessage(
      timestamp: UInt32(truncatingIfNeeded: WallClock.seconds),
      text: "\(try arguments[name]): \(text)")
    let envelope = ChannelEnvelope(sealing: message.plaintext, for: channel)
    return Packet(route: .flood, type: .groupText, payload: envelope.payload)
  }

  private static func announcement(
    _ arguments: Arguments, _ configuration: NodeConfiguration
  ) async throws -> Packet? {
    let identity: Identity
    do {
      identity = try await IdentityStore(path: StatePaths(configuration).identity)
        .loadOrMake().identity
    } catch let error as NodeError {
      throw CommandFailure(ExitStatus(error.kind), error.what, error.remedy)
    }
    let advert = Advert(
      signedBy: identity, timestamp: UInt32(truncatingIfNeeded: WallClock.seconds),
      data: AdvertData(nodeType: .repeater, name: try arguments[name]))
    return Packet(
      route: arguments.has(flood) ? .flood : .direct, type: .advert, payload: advert.payload)
  }

  // MARK: How it is sent

  private static func ask(_ packet: Packet, _ arguments: Arguments) async throws -> Int64 {
    let answer = try await NodeSocket.ask(
      ["command": "send", "frame": .string(Hex.encode(packet.frame))], arguments)
    return answer["airtime_us"]?.number?.exactly(Int64.self) ?? 0
  }

  private static func transmit(
    _ packet: Packet, _ arguments: Arguments, _ configuration: NodeConfiguration
  ) async throws -> Int64 {
    let clock = SystemClock()
    let random = SecureRandom()
    let (modem, settings) = try ModemOptions.modem(arguments, clock: clock, seed: random.next())
    guard
      let policy = DutyCyclePolicy.regional(for: settings.lora, erpDBm: settings.transmitPowerDBm)
    else {
      throw CommandFailure(
        .usage, "no rule is known for \(settings.lora.frequencyText)",
        "let a node with dutyCycle.limits send it")
    }
    // Whatever the configuration is for, this transmission is real, and so is its account.
    var configuration = configuration
    configuration.modem.type = .kissSerial
    let paths = StatePaths(configuration)
    let store = LedgerStore(path: paths.ledger, clock: clock, report: { _ in })
    // Held to the end: the account has one writer, and a node that runs has the modem anyway.
    let lock: StateLock
    do {
      lock = try StateLock(paths)
    } catch {
      throw CommandFailure(
        ExitStatus(error.kind), error.what, "while a node runs, leave the modem out: it sends it")
    }
    let ledger: AirtimeLedger
    do {
      ledger = try await store.load(policy: policy)
    } catch {
      throw CommandFailure(ExitStatus(error.kind), error.what, error.remedy)
    }
    let pipeline = TransmitPipeline(
      modem: modem, settings: settings, ledger: ledger,
      policy: configuration.transmit, clock: clock, seed: random.next(),
      record: { ledger in await store.save { ledger } })
    defer { withExtendedLifetime(lock) {} }
    let sender = OneTransmission(modem: modem, pipeline: pipeline, clock: clock)
    do {
      let report = try await sender.send(packet, within: try arguments[timeout])
      await store.save { pipeline.ledger }
      return report.airtime.wholeNanoseconds / 1000
    } catch let error as TransmitError {
      await store.save { pipeline.ledger }
      throw CommandFailure(.failed, error.what, error.remedy ?? "see radio stats")
    } catch let error as ModemError {
      throw CommandFailure(
        .unreachable, "the modem cannot be used: \(error.detail)",
        error.remedy ?? "see interlock doctor")
    }
  }
}

/// A modem and its pipeline, for as long as one packet takes.
struct OneTransmission: Sendable {
  let modem: any Modem
  let pipeline: TransmitPipeline
  let clock: any MonotonicClock

  /// Waits for the modem, sends, and gives everything back.
  ///
  /// - Throws: `CommandFailure` with status 69 or 75; `TransmitError`; `ModemError`.
  /// - Returns: what it cost.
  func send(_ packet: Packet, within limit: Duration) async throws -> TransmitReport {
    let connection = FirstConnection()
    let deadline = clock.now.advanced(by: limit)
    return try await withThrowingTaskGroup(of: TransmitReport?.self) { group in
      group.addTask {
        try await modem.run { connection.note($0) }
        return nil
      }
      group.addTask {
        try await pipeline.run()
        return nil
      }
      group.addTask {
        try await connection.established()
        var request = TransmitRequest(ownPacket: packet, at: clock.now)
        request.deadline = deadline
        return try await pipeline.transmit(request)
      }
      group.addTask {
        try await clock.sleep(until: deadline)
        throw CommandFailure(
          .notInTime, "the packet was not sent within \(limit.notation)",
          "is the modem connected, and is there allowance left? interlock doctor looks")
      }
      defer { group.cancelAll() }
      while let report = try await group.next() {
        if let report {
          await pipeline.stop()
          return report
        }
      }
      throw CancellationError()
    }
  }
}
