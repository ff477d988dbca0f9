internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio

extension FuzzTarget {
  /// The repeater: whatever it hears, what it sends is a packet, and holds what it was given.
  ///
  /// The first bytes choose the configuration; then frames follow, each behind its length and the
  /// signal it is heard with.
  static let repeater = FuzzTarget(name: "repeater") { bytes in
    guard bytes.count > 4, let key = PublicKey([UInt8](repeating: bytes[1], count: 32)) else {
      return
    }
    var machine = RepeaterMachine(
      configuration: configuration(bytes[0], bytes[2]), publicKey: key,
      settings: LoRaSettings(
        frequencyHz: 869_525_000, bandwidthHz: 250_000,
        spreadingFactor: 5 + Int(bytes[3] % 8), codingRateDenominator: 5), seed: 1)
    var rest = bytes[4...]
    var now = Instant.origin
    while rest.count > 2 {
      let length = Int(rest[rest.startIndex])
      let signal = Int(Int8(bitPattern: rest[rest.startIndex + 1]))
      let frame = Array(rest.dropFirst(2).prefix(length))
      rest = rest.dropFirst(2 + length)
      now = now.advanced(by: .milliseconds(300))
      let verdict = machine.receive(
        ReceivedFrame(
          bytes: frame, snrQuarterDB: signal == -128 ? nil : signal, rssiDBm: nil,
          receivedAt: now), at: now)
      if case .rejected = verdict {
        precondition((try? Packet(parsing: frame)) == nil, "a packet was rejected")
      }
      check(&machine, heard: frame, verdict)
      while let woken = machine.wake(at: now) {
        check(&machine, heard: woken.frame.bytes, woken.verdict)
      }
    }
    precondition(
      machine.heldCount <= heldCapacity && machine.seenCount <= seenCapacity,
      "a table outgrew its bound")
  }

  private static let seenCapacity = 16
  private static let heldCapacity = 4

  private static func configuration(_ flags: UInt8, _ more: UInt8) -> RepeaterConfiguration {
    var configuration = RepeaterConfiguration()
    configuration.loopDetection = LoopDetection.allCases[Int(flags & 3)]
    configuration.sendsAcknowledgementsTwice = flags & 4 != 0
    configuration.delays.receptionBase = flags & 8 != 0 ? 10 : 0
    configuration.delays.profile = flags & 16 != 0 ? .pymc : .firmware
    configuration.maximumFloodHops = flags & 32 != 0 ? 64 : Int(more & 63)
    // Small tables fill, and there are many inputs to get through.
    configuration.seenCapacity = seenCapacity
    configuration.heldCapacity = heldCapacity
    configuration.mode = flags & 0xC0 == 0xC0 ? .monitor : .forward
    return configuration
  }

  private static func check(_ machine: inout RepeaterMachine, heard: [UInt8], _ verdict: Verdict) {
    while let action = machine.nextAction() {
      guard case .transmit(let outgoing) = action else { continue }
      guard let sent = try? Packet(parsing: outgoing.bytes) else {
        preconditionFailure("what it sends is no packet: \(outgoing.bytes)")
      }
      precondition(sent.payloadByteCount > 0, "an empty packet is sent")
      precondition((0...63).contains(outgoing.priority), "priority \(outgoing.priority)")
      precondition(
        (outgoing.window.minimumMicroseconds...outgoing.window.maximumMicroseconds)
          .contains(outgoing.delayMicroseconds), "a delay outside its window")
      guard outgoing.origin == .relay else { continue }
      precondition(verdict == .relayed, "something is relayed without a verdict")
      guard let packet = try? Packet(parsing: heard) else {
        preconditionFailure("what is relayed was no packet")
      }
      let isReissued =
        packet.payloadType == .multipart
        || packet.payloadType == .acknowledgement && !packet.route.isFlood
      precondition(sent.pathField.hashSize == packet.pathField.hashSize, "the hash size changed")
      guard !isReissued else { continue }
      precondition(sent.header == packet.header, "the header changed")
      precondition(sent.payload == packet.payload, "the payload changed")
      precondition(sent.transportCodes == packet.transportCodes, "the codes changed")
    }
  }
}
