internal import InterlockWire

/// What a MeshCore KISS modem says in the data of a SetHardware frame: replies, and reports of its
/// own accord.
///
/// *Source:* MeshCore firmware 1.17.1, KISS modem.
package enum HardwareReply: Sendable, Hashable {
  /// The modem's public key, 32 bytes.
  case identity(publicKey: [UInt8])
  /// Random bytes.
  case random([UInt8])
  /// Whether the signature holds.
  case signatureVerified(Bool)
  /// A signature, 64 bytes.
  case signature([UInt8])
  /// A 2-byte authentication code and the ciphertext.
  case encrypted(code: [UInt8], ciphertext: [UInt8])
  /// The plaintext, padded.
  case decrypted([UInt8])
  /// The shared secret, 32 bytes.
  case sharedSecret([UInt8])
  /// A SHA-256, 32 bytes.
  case hash([UInt8])
  /// The channel in force.
  case radio(RadioParameters)
  /// The transmit power in force.
  case transmitPower(dBm: Int8)
  /// The signal strength right now.
  case currentRSSI(dBm: Int8)
  /// Whether a packet is being received right now.
  case channelBusy(Bool)
  /// A time on air.
  case airtime(milliseconds: UInt32)
  /// The noise floor.
  case noiseFloor(dBm: Int16)
  /// The version of the protocol.
  case version(UInt8)
  /// How much was received, sent and damaged since the modem started.
  case statistics(received: UInt32, sent: UInt32, errors: UInt32)
  /// The battery's voltage.
  case battery(millivolts: UInt16)
  /// The processor's temperature.
  case temperature(tenthsCelsius: Int16)
  /// Sensor values in CayenneLPP.
  case sensors([UInt8])
  /// The device's name.
  case deviceName(String)
  /// Somebody is there.
  case pong
  /// Whether received frames are followed by their signal values.
  case signalReport(Bool)
  /// Done.
  case ok
  /// Refused, with one of `ErrorCode`.
  case error(ErrorCode)
  /// A transmission ended: confirmed, or not.
  case transmitDone(isConfirmed: Bool)
  /// The signal values of the frame before.
  case receiveMetadata(snrQuarterDB: Int8, rssiDBm: Int8)

  /// Why a modem refuses.
  package struct ErrorCode: Sendable, Hashable, CustomStringConvertible {
    /// The number on the wire.
    package let rawValue: UInt8

    /// Makes a code, known or not.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Too few or too many bytes.
    package static let length = ErrorCode(rawValue: 1)
    /// A value it cannot take.
    package static let parameter = ErrorCode(rawValue: 2)
    /// Not on this board.
    package static let notAvailable = ErrorCode(rawValue: 3)
    /// The authentication code is wrong.
    package static let authentication = ErrorCode(rawValue: 4)
    /// No such request.
    package static let unknownRequest = ErrorCode(rawValue: 5)
    /// It could not encrypt.
    package static let encryption = ErrorCode(rawValue: 6)
    /// A packet is pending, or the host reads too slowly.
    package static let busy = ErrorCode(rawValue: 7)

    /// The number and its meaning.
    package var description: String {
      let meanings = [
        "wrong length", "parameter out of range", "not available on this board",
        "authentication failed", "unknown request", "encryption failed", "busy",
      ]
      guard rawValue >= 1, rawValue <= meanings.count else { return "error \(rawValue)" }
      return "error \(rawValue), \(meanings[Int(rawValue) - 1])"
    }
  }

  /// The first byte of the frame's data.
  package var code: UInt8 {
    switch self {
    case .identity: 0x81
    case .random: 0x82
    case .signatureVerified: 0x83
    case .signature: 0x84
    case .encrypted: 0x85
    case .decrypted: 0x86
    case .sharedSecret: 0x87
    case .hash: 0x88
    case .radio: 0x8B
    case .transmitPower: 0x8C
    case .currentRSSI: 0x8D
    case .channelBusy: 0x8E
    case .airtime: 0x8F
    case .noiseFloor: 0x90
    case .version: 0x91
    case .statistics: 0x92
    case .battery: 0x93
    case .temperature: 0x94
    case .sensors: 0x95
    case .deviceName: 0x96
    case .pong: 0x97
    case .signalReport: 0x9A
    case .ok: 0xF0
    case .error: 0xF1
    case .transmitDone: 0xF8
    case .receiveMetadata: 0xF9
    }
  }

  /// The frame that says it.
  package var frame: KISSFrame {
    KISSFrame(command: KISSFrame.Command.setHardware, data: [code] + values)
  }

  private var values: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .ok, .pong: break
    case .identity(let bytes), .random(let bytes), .signature(let bytes), .decrypted(let bytes),
      .sharedSecret(let bytes), .hash(let bytes), .sensors(let bytes):
      return bytes
    case .encrypted(let code, let ciphertext): return code + ciphertext
    case .signatureVerified(let flag), .channelBusy(let flag), .signalReport(let flag),
      .transmitDone(let flag):
      writer.uint8(flag ? 1 : 0)
    case .radio(let parameters): return parameters.bytes
    case .transmitPower(let dBm), .currentRSSI(let dBm): writer.uint8(UInt8(bitPattern: dBm))
    case .airtime(let milliseconds): writer.uint32(milliseconds)
    case .noiseFloor(let value), .temperature(let value): writer.uint16(UInt16(bitPattern: value))
    case .version(let version):
      writer.uint8(version)
      writer.uint8(0)
    case .statistics(let received, let sent, let errors):
      for count in [received, sent, errors] { writer.uint32(count) }
    case .battery(let millivolts): writer.uint16(millivolts)
    case .deviceName(let name): return Array(name.utf8)
    case .error(let error): writer.uint8(error.rawValue)
    case .receiveMetadata(let snr, let rssi):
      writer.uint8(UInt8(bitPattern: snr))
      writer.uint8(UInt8(bitPattern: rssi))
    }
    return writer.bytes
  }

  /// Reads the data of a SetHardware frame; nil when it is no reply, or a damaged one.
  package init?(parsing data: [UInt8]) {
    var reader = ByteReader(data)
    guard let code = reader.uint8() else { return nil }
    let rest = Array(reader.rest)
    func exactly(_ count: Int) -> [UInt8]? { rest.count == count ? rest : nil }
    let reply: HardwareReply? =
      switch code {
      case 0x81: exactly(32).map(Self.identity)
      case 0x82: .random(rest)
      case 0x83: exactly(1).map { .signatureVerified($0[0] != 0) }
      case 0x84: exactly(64).map(Self.signature)
      case 0x85:
        rest.count > 2 ? .encrypted(code: Array(rest[..<2]), ciphertext: Array(rest[2...])) : nil
      case 0x86: .decrypted(rest)
      case 0x87: exactly(32).map(Self.sharedSecret)
      case 0x88: exactly(32).map(Self.hash)
      case 0x8B: RadioParameters(parsing: rest[...]).map(Self.radio)
      case 0x8C: exactly(1).map { .transmitPower(dBm: Int8(bitPattern: $0[0])) }
      case 0x8D: exactly(1).map { .currentRSSI(dBm: Int8(bitPattern: $0[0])) }
      case 0x8E: exactly(1).map { .channelBusy($0[0] != 0) }
      case 0x8F: exactly(4).flatMap { _ in reader.uint32() }.map(Self.airtime)
      case 0x90: exactly(2).flatMap { _ in reader.int16() }.map(Self.noiseFloor)
      case 0x91: rest.first.map(Self.version)
      case 0x92: Self.statistics(parsing: rest)
      case 0x93: exactly(2).flatMap { _ in reader.uint16() }.map(Self.battery)
      case 0x94: exactly(2).flatMap { _ in reader.int16() }.map(Self.temperature)
      case 0x95: .sensors(rest)
      case 0x96: .deviceName(String(decoding: rest, as: UTF8.self))
      case 0x97: exactly(0).map { _ in .pong }
      case 0x9A: exactly(1).map { .signalReport($0[0] != 0) }
      case 0xF0: exactly(0).map { _ in .ok }
      case 0xF1: exactly(1).map { .error(ErrorCode(rawValue: $0[0])) }
      case 0xF8: exactly(1).map { .transmitDone(isConfirmed: $0[0] == 1) }
      case 0xF9:
        exactly(2).map {
          .receiveMetadata(
            snrQuarterDB: Int8(bitPattern: $0[0]), rssiDBm: Int8(bitPattern: $0[1]))
        }
      default: nil
      }
    guard let reply else { return nil }
    self = reply
  }

  private static func statistics(parsing bytes: [UInt8]) -> HardwareReply? {
    var reader = ByteReader(bytes)
    guard let received = reader.uint32(), let sent = reader.uint32(), let errors = reader.uint32(),
      reader.isAtEnd
    else { return nil }
    return .statistics(received: received, sent: sent, errors: errors)
  }
}

extension ByteReader {
  /// The next two bytes in two's complement.
  fileprivate mutating func int16() -> Int16? { uint16().map { Int16(bitPattern: $0) } }
}
