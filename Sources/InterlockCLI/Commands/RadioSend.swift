internal import InterlockCommandLine
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

/// `interlock radio send`: one packet on the air, within the allowance.
enum RadioSend: Command {
  static let advert = Option.flag(
    "--advert", "announce the node to its neighbours: its key, name and position")
  static let flood = Option.flag("--flood", "for --advert: to the whole mesh")
  private static let text = Option.text(
    "--text", "TEXT", "say something on a channel, by default the public one")
  static let name = Option.text(
    "--name", "NAME",
    "who speaks, or with --port or --tcp announces itself; without it, node.name of the "
      + "configuration")
  private static let channelKey = Option.channelKey(
    "--channel-key", "for --text: the channel's key")
  static let timeout = Option.duration(
    "--timeout", "how long the packet may wait for the modem and the allowance"
  ).defaulting(to: .seconds(30), shown: "30s")
  private static let config = Option.text(
    "--config", "FILE",
    "the node's configuration, which it sends by and finds its socket in; without it, the defaults")

  static let declaration = CommandDeclaration(
    path: ["radio", "send"],
    summary: "sends one packet through a modem or a running node",
    details:
      "With --port or --tcp it drives that modem itself, as the node of the configuration would: "
      + "under its identity, in its mode, in its airtime ledger and within its dutyCycle, on the "
      + "channel and at the power given here. Otherwise it asks the running node. What --text or "
      + "--advert sends to the whole mesh is bound to the region in regions.default. A packet that "
      + "is not sent within --timeout is given up, with status 75. With --advert a running node "
      + "announces itself as soon as it can, and is not waited for.",
    operands: [Operand(name: "HEX", meaning: "a whole frame in hexadecimal", isOptional: true)],
    options: [
      advert.optional, flood.optional, text.optional, name.optional, channelKey.optional,
      timeout.optional, NodeSocket.socket.optional, config.optional,
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
    let configuration = try ConfigurationSource(path: try arguments[config]).read()
    let report =
      if try ModemOptions.isGiven(arguments) {
        try await transmit(arguments, as: configuration)
      } else if let packet = try packet(arguments, configuration) {
        try await ask(packet, arguments)
      } else {
        try await askForAdvert(arguments)
      }
    try console.print(report, asJSON: arguments.has(ArgumentParser.json))
  }

  // MARK: What is sent

  /// The frame or the text that was given; nil for an advert.
  static func packet(_ arguments: Arguments, _ configuration: NodeConfiguration) throws -> Packet? {
    if let hex = arguments.operands.first {
      let packet = try Packet(hexadecimal: hex)
      guard packet.payloadByteCount > 0 else {
        throw CommandFailure(.badInput, "the packet has no payload", "no node would take it")
      }
      return packet
    }
    guard let text = try arguments[text] else { return nil }
    let channel = try arguments[channelKey].map { Channel(key: $0) } ?? DecodeKeys.publicChannel
    let said = "\(try arguments[name] ?? configuration.node.name): \(text)"
    guard said.utf8.count <= TextMessage.maximumTextBytes else {
      throw CommandFailure(
        .badInput,
        "the text has \(said.utf8.count) bytes with the name, of \(TextMessage.maximumTextBytes)",
        "say it in fewer words")
    }
    let message = TextMessage(
      timestamp: UInt32(truncatingIfNeeded: WallClock.seconds), text: said)
    let packet = try channel.flatMap { channel in
      try ownFlood(
        .groupText, payload: ChannelEnvelope(sealing: message.plaintext, for: channel).payload,
        configuration)
    }
    guard let packet else {
      throw CommandFailure(.badInput, "the packet would be too long", "say it in fewer words")
    }
    return packet
  }

  /// A flood as the node of a configuration makes it; nil for too much payload.
  ///
  /// - Throws: `CommandFailure`: regions that cannot be.
  static func ownFlood(
    _ type: PayloadType, payload: [UInt8], _ configuration: NodeConfiguration
  ) throws(CommandFailure) -> Packet? {
    do throws(RegionError) {
      return try configuration.repeaterConfiguration().ownFlood(type, payload: payload)
    } catch {
      throw CommandFailure(.badInput, "regions.known is not possible: \(error)", "correct it")
    }
  }

  /// What was sent, at which cost.
  static func report(of packet: Packet, airtimeMicroseconds: Int64) -> Report {
    var report = Report()
    report.add("sent", .string("\(packet.payloadType)"), "\(packet)")
    report.add("frame", .string(Hex.encode(packet.frame)))
    report.add(
      "airtime_us", .integer(airtimeMicroseconds),
      "\(Duration.microseconds(airtimeMicroseconds).forReading)")
    return report
  }

  // MARK: Through a running node

  private static func ask(_ packet: Packet, _ arguments: Arguments) async throws -> Report {
    let limit = try arguments[timeout]
    let answer = try await NodeSocket.ask(
      [
        "command": "send", "frame": .string(Hex.encode(packet.frame)),
        "timeout_ms": .integer(limit.wholeNanoseconds / 1_000_000),
      ], arguments, within: limit)
    return report(
      of: packet, airtimeMicroseconds: answer["airtime_us"]?.number?.exactly(Int64.self) ?? 0)
  }

  /// Its key, name and position are the node's own affair.
  private static func askForAdvert(_ arguments: Arguments) async throws -> Report {
    guard try arguments[name] == nil else {
      throw CommandFailure(
        .usage, "a running node announces itself by its own name",
        "leave --name out, or change node.name in its configuration")
    }
    let isFlood = arguments.has(flood)
    let reach = isFlood ? "flood" : "zero_hop"
    _ = try await NodeSocket.ask(["command": "advert", "reach": .string(reach)], arguments)
    var report = Report()
    report.add(
      "announced", .string(reach), isFlood ? "to the whole mesh" : "to the neighbours")
    return report
  }
}
