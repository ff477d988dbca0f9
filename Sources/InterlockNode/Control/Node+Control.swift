internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockSystem
internal import InterlockWire

extension Node {
  /// The commands the control socket understands.
  package static let controlCommands = [
    "stats", "neighbours", "recent", "advert", "discover", "mode", "send", "reload", "stop",
  ]

  /// What a request on the control socket gets.
  func answer(_ request: JSONValue) async -> JSONValue {
    do {
      var fields = try JSONFields(request)
      let command: String = try fields.required("command")
      let answer = try await perform(command, &fields)
      return answer
    } catch let error as TransmitError where error.isTooLate {
      return ControlAnswer.tooLate("\(error)")
    } catch {
      return ControlAnswer.failure("\(error)")
    }
  }

  private func perform(_ command: String, _ fields: inout JSONFields) async throws -> JSONValue {
    switch command {
    case "stats":
      try fields.refuseUnknown()
      return ControlAnswer.success(NodeMetrics.json(snapshot()))
    case "neighbours":
      try fields.refuseUnknown()
      return ControlAnswer.success(NodeMetrics.neighbours(snapshot().repeater))
    case "recent":
      try fields.refuseUnknown()
      return ControlAnswer.success(NodeMetrics.recent(repeater.recentPackets, at: clock.now))
    case "advert":
      let reach = try fields.optional(
        "reach", oneOf: ["flood": AdvertSchedule.Reach.flood, "zero_hop": .zeroHop])
      try fields.refuseUnknown()
      repeater.announce(reach ?? .zeroHop)
      return ControlAnswer.success()
    case "discover":
      try fields.refuseUnknown()
      repeater.discover()
      return ControlAnswer.success()
    case "mode":
      let mode = try fields.optional(
        "mode",
        oneOf: ["forward": TransmitMode.forward, "monitor": .monitor, "no_tx": .noTx])
      try fields.refuseUnknown()
      if let mode { setMode(mode) }
      return ControlAnswer.success(["mode": .string(pipeline.snapshot().mode.rawValue)])
    case "send":
      let hex: String = try fields.required("frame")
      let limit = try fields.optional("timeout_ms", in: 0...Int64.max).map {
        Duration.milliseconds($0)
      }
      try fields.refuseUnknown()
      return try await send(hex, within: limit)
    case "reload":
      try fields.refuseUnknown()
      reload()
      return ControlAnswer.success()
    case "stop":
      try fields.refuseUnknown()
      stop()
      return ControlAnswer.success()
    default:
      let near = NearestName.of(command, among: Self.controlCommands)
      throw fields.problem(
        "command",
        "there is no command \"\(command)\""
          + (near.map { "; did you mean \"\($0)\"?" }
            ?? "; there are \(Self.controlCommands.joined(separator: ", "))"))
    }
  }

  private func setMode(_ mode: TransmitMode) {
    repeater.setMode(mode)
    log.report(.info("Mode changed", [.init("mode", .text(mode.rawValue))]))
  }

  private func send(_ hex: String, within limit: Duration?) async throws -> JSONValue {
    guard let frame = Hex.decode(hex) else {
      throw JSONError("frame: must be hexadecimal", at: nil)
    }
    let packet: Packet
    do throws(PacketError) {
      packet = try Packet(parsing: frame)
    } catch {
      throw JSONError("frame: is no packet: \(error)", at: nil)
    }
    // Such a packet can be read, but nobody may transmit it.
    guard packet.payloadByteCount > 0 else {
      throw JSONError("frame: has no payload; no node would take it", at: nil)
    }
    let report = try await repeater.send(packet, within: limit)
    return ControlAnswer.success([
      "airtime_us": .integer(report.airtime.wholeNanoseconds / 1000),
      "attempts": .integer(report.attempts),
    ])
  }
}
