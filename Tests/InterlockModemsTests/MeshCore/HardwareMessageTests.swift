import InterlockModems
import InterlockWire
import Testing

@Suite struct HardwareMessageTests {
  static let radio = RadioParameters(
    frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8, codingRateDenominator: 8)
  static let key = [UInt8](1...32)

  static let requests: [HardwareRequest] = [
    .identity, .random(count: 64),
    .verifySignature(publicKey: key, signature: key + key, data: [1]),
    .sign(data: [0xC0]), .encrypt(secret: key, plaintext: [1]),
    .decrypt(secret: key, code: [1, 2], ciphertext: [3]), .keyExchange(publicKey: key),
    .hash(data: [1]), .setRadio(radio), .setTransmitPower(dBm: -9), .radio, .transmitPower,
    .currentRSSI, .isChannelBusy, .airtime(bytes: 255), .noiseFloor, .version, .statistics,
    .battery, .temperature, .sensors(permissions: 3), .deviceName, .ping, .reboot,
    .setSignalReport(false), .signalReport,
  ]

  static let replies: [HardwareReply] = [
    .identity(publicKey: key), .random([1, 2]), .signatureVerified(true), .signature(key + key),
    .encrypted(code: [1, 2], ciphertext: [3]), .decrypted([1]), .sharedSecret(key), .hash(key),
    .radio(radio), .transmitPower(dBm: -3), .currentRSSI(dBm: -128), .channelBusy(true),
    .airtime(milliseconds: .max), .noiseFloor(dBm: -112), .version(1),
    .statistics(received: 1, sent: 2, errors: 3), .battery(millivolts: 3987),
    .temperature(tenthsCelsius: -53), .sensors([1]), .deviceName("Käse"), .pong,
    .signalReport(true), .ok, .error(.busy), .transmitDone(isConfirmed: false),
    .receiveMetadata(snrQuarterDB: -29, rssiDBm: -101),
  ]

  @Test func `there is one request for each code of the table`() {
    #expect(Self.requests.map(\.code) == Array(1...26))
  }

  @Test(arguments: requests) func `a request reads back as itself, and cut short as nothing`(
    _ request: HardwareRequest
  ) throws {
    let data = request.frame.data
    #expect(try HardwareRequest(parsing: data) == request)
    if data.count > 1 {
      #expect(throws: HardwareRequest.Malformed.length) {
        // One argument byte remains at most: fewer than any of these needs.
        try HardwareRequest(parsing: Array(data.prefix(1)))
      }
    } else {
      #expect(throws: HardwareRequest.Malformed.length) {
        try HardwareRequest(parsing: data + [0])
      }
    }
  }

  @Test(arguments: replies) func `a reply reads back as itself`(_ reply: HardwareReply) {
    #expect(HardwareReply(parsing: reply.frame.data) == reply)
  }

  @Test func `no bytes whatever trap a parser`() {
    for code in 0...255 {
      for count in 0..<110 {
        let data = [UInt8(code)] + [UInt8](repeating: 0xFF, count: count)
        _ = HardwareReply(parsing: data)
        _ = try? HardwareRequest(parsing: data)
      }
    }
    #expect(HardwareReply(parsing: []) == nil)
    #expect(throws: HardwareRequest.Malformed.unknownCode) { try HardwareRequest(parsing: [0x1B]) }
  }
}
