internal import Interlock
internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

extension ConformanceChecker {
  /// packets.json: well-formed frames, field by field.
  static let packets = ConformanceChecker(
    schema: "interlock.meshcore.packets/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkPacket(&current) }])

  /// malformed.json: frames that are refused, or parse and are never passed on.
  static let malformed = ConformanceChecker(
    schema: "interlock.meshcore.malformed/1",
    lists: [List("cases") { (current) throws(JSONError) in try checkMalformed(&current) }])

  private static func checkPacket(_ current: inout ConformanceCase) throws(JSONError) {
    let frame = try current.bytes("hex")
    let packet: Packet
    do throws(PacketError) { packet = try Packet(parsing: frame) } catch {
      current.mismatch("hex", expected: "a packet", got: "\(error)")
      return
    }
    try current.expect("hex", bytes: packet.serialized())
    try current.expect("header", number: packet.header)
    try current.expect("route", .string(packet.route.description))
    try current.expect("payloadType", number: packet.payloadType.rawValue)
    try current.expect("payloadTypeName", .string(packet.payloadType.description))
    try current.expect("version", number: packet.header >> 6)
    try current.expect(
      "transportCodes",
      packet.transportCodes.map { .array([.integer($0.region), .integer($0.reserved)]) } ?? .null)
    try current.expect("pathLenByte", number: packet.pathField.rawValue)
    try current.expect("hashSize", number: packet.pathField.hashSize)
    try current.expect("hopCount", number: packet.pathField.hopCount)
    try current.expect("path", .array(packet.hops.map { .string($0) }))
    try current.expect("payload", bytes: packet.payload)
    try current.expect("payloadLen", number: packet.payloadByteCount)
    try current.expect("rawLen", number: packet.serialized().count)
    try current.expect("packetHash", .string(packet.packetHash.description))
    let count = packet.payloadType == .trace ? [packet.pathField.rawValue, 0] : []
    let identity = [packet.payloadType.rawValue] + count + packet.payload
    try current.expect("sha256", bytes: SHA256.digest(of: identity))
  }

  private static func checkMalformed(_ current: inout ConformanceCase) throws(JSONError) {
    let frame = try current.bytes("hex")
    let packet: Packet
    do throws(PacketError) { packet = try Packet(parsing: frame) } catch {
      try current.expect("required", "reject")
      try current.expect("reason", .string(error.rawValue))
      return
    }
    // What is wrong is described in the file's own words; what counts is that it goes nowhere.
    let _: String = try current.input("reason")
    let isForwarded = nodes(of: packet).contains { key in
      var configuration = RepeaterConfiguration()
      configuration.loopDetection = .off
      var machine = RepeaterMachine(
        configuration: configuration, publicKey: key, settings: ForwardingNode.defaultSettings,
        seed: 0)
      let heard = ReceivedFrame(
        bytes: frame, snrQuarterDB: 40, rssiDBm: -60, receivedAt: .origin)
      _ = machine.receive(heard, at: .origin)
      return machine.nextTransmissions().isEmpty == false
    }
    try current.expect("required", isForwarded ? "forwarded" : "accept_never_forward")
  }

  /// The keys of nodes whose turn it would be to pass a packet on.
  private static func nodes(of packet: Packet) -> [PublicKey] {
    [Array(packet.path), Array(packet.payload.dropFirst(9)), []].compactMap { prefix in
      PublicKey((prefix + [UInt8](repeating: 0xA5, count: 32)).prefix(32))
    }
  }
}

extension RepeaterMachine {
  /// Takes out everything there is to do, and gives the frames among it.
  mutating func nextTransmissions() -> [OutgoingFrame] {
    var frames: [OutgoingFrame] = []
    while let action = nextAction() {
      if case .transmit(let frame) = action { frames.append(frame) }
    }
    return frames
  }
}
