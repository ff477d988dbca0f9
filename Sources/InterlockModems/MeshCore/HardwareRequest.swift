internal import InterlockWire

/// What a host can ask of a MeshCore KISS modem, in the data of a SetHardware frame.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 1 | code |
/// | 1 | … | arguments, integers little-endian |
///
/// *Source:* MeshCore firmware 1.17.1, KISS modem.
package enum HardwareRequest: Sendable, Hashable {
  /// The modem's public key.
  case identity
  /// Some random bytes, 1…64.
  case random(count: UInt8)
  /// Whether a signature holds; the data has at least one byte.
  case verifySignature(publicKey: [UInt8], signature: [UInt8], data: [UInt8])
  /// A signature with the modem's key.
  case sign(data: [UInt8])
  /// Encryption and authentication with a shared secret.
  case encrypt(secret: [UInt8], plaintext: [UInt8])
  /// The reverse.
  case decrypt(secret: [UInt8], code: [UInt8], ciphertext: [UInt8])
  /// The secret shared with the owner of a public key.
  case keyExchange(publicKey: [UInt8])
  /// A SHA-256.
  case hash(data: [UInt8])
  /// Change the channel.
  case setRadio(RadioParameters)
  /// Change the transmit power.
  case setTransmitPower(dBm: Int8)
  /// The channel in force.
  case radio
  /// The power in force.
  case transmitPower
  /// The signal strength right now.
  case currentRSSI
  /// Whether a packet is being received right now.
  case isChannelBusy
  /// The time on air of a frame of that many bytes.
  case airtime(bytes: UInt8)
  /// The noise floor.
  case noiseFloor
  /// The version of the protocol.
  case version
  /// How much was received, sent and damaged.
  case statistics
  /// The battery's voltage.
  case battery
  /// The processor's temperature.
  case temperature
  /// The sensors that these permission bits open.
  case sensors(permissions: UInt8)
  /// The device's name.
  case deviceName
  /// Whether somebody is there.
  case ping
  /// Start anew.
  case reboot
  /// Whether each received frame is followed by its signal values.
  case setSignalReport(Bool)
  /// Whether it is.
  case signalReport

  /// The first byte of the frame's data.
  package var code: UInt8 {
    switch self {
    case .identity: 0x01
    case .random: 0x02
    case .verifySignature: 0x03
    case .sign: 0x04
    case .encrypt: 0x05
    case .decrypt: 0x06
    case .keyExchange: 0x07
    case .hash: 0x08
    case .setRadio: 0x09
    case .setTransmitPower: 0x0A
    case .radio: 0x0B
    case .transmitPower: 0x0C
    case .currentRSSI: 0x0D
    case .isChannelBusy: 0x0E
    case .airtime: 0x0F
    case .noiseFloor: 0x10
    case .version: 0x11
    case .statistics: 0x12
    case .battery: 0x13
    case .temperature: 0x14
    case .sensors: 0x15
    case .deviceName: 0x16
    case .ping: 0x17
    case .reboot: 0x18
    case .setSignalReport: 0x19
    case .signalReport: 0x1A
    }
  }

  /// The code of the reply that answers it, besides a plain OK.
  package var replyCode: UInt8 {
    // Setting signal reports is answered in the form of asking for them.
    if case .setSignalReport = self { return 0x9A }
    return code | 0x80
  }

  /// Whether a plain OK answers it.
  package var isAnsweredByOK: Bool {
    switch self {
    case .setRadio, .setTransmitPower, .reboot, .setSignalReport: true
    default: false
    }
  }

  /// The frame that asks.
  package var frame: KISSFrame {
    KISSFrame(command: KISSFrame.Command.setHardware, data: [code] + arguments)
  }

  private var arguments: [UInt8] {
    switch self {
    case .identity, .radio, .transmitPower, .currentRSSI, .isChannelBusy, .noiseFloor, .version,
      .statistics, .battery, .temperature, .deviceName, .ping, .reboot, .signalReport:
      []
    case .random(let count): [count]
    case .verifySignature(let publicKey, let signature, let data): publicKey + signature + data
    case .sign(let data), .hash(let data): data
    case .encrypt(let secret, let plaintext): secret + plaintext
    case .decrypt(let secret, let code, let ciphertext): secret + code + ciphertext
    case .keyExchange(let publicKey): publicKey
    case .setRadio(let parameters): parameters.bytes
    case .setTransmitPower(let dBm): [UInt8(bitPattern: dBm)]
    case .airtime(let bytes): [bytes]
    case .sensors(let permissions): [permissions]
    case .setSignalReport(let isOn): [isOn ? 1 : 0]
    }
  }

  /// Why a modem cannot make sense of a request; it answers with the error of the same name.
  package enum Malformed: Error, Sendable, Hashable {
    /// There is no such code.
    case unknownCode
    /// Too few or too many arguments.
    case length
  }

  /// Reads the data of a SetHardware frame as the modem does.
  ///
  /// - Throws: `Malformed`.
  package init(parsing data: [UInt8]) throws(Malformed) {
    var reader = ByteReader(data)
    guard let code = reader.uint8() else { throw .length }
    func fixed(_ count: Int) throws(Malformed) -> [UInt8] {
      guard let bytes = reader.bytes(count) else { throw .length }
      return Array(bytes)
    }
    func byte() throws(Malformed) -> UInt8 { try fixed(1)[0] }
    func rest(atLeast count: Int) throws(Malformed) -> [UInt8] {
      guard reader.remaining >= count else { throw .length }
      return Array(reader.takeRest())
    }
    switch code {
    case 0x01: self = .identity
    case 0x02: self = .random(count: try byte())
    case 0x03:
      self = .verifySignature(
        publicKey: try fixed(32), signature: try fixed(64), data: try rest(atLeast: 1))
    case 0x04: self = .sign(data: try rest(atLeast: 1))
    case 0x05: self = .encrypt(secret: try fixed(32), plaintext: try rest(atLeast: 1))
    case 0x06:
      self = .decrypt(
        secret: try fixed(32), code: try fixed(2), ciphertext: try rest(atLeast: 1))
    case 0x07: self = .keyExchange(publicKey: try fixed(32))
    case 0x08: self = .hash(data: try rest(atLeast: 1))
    case 0x09:
      guard let parameters = RadioParameters(parsing: reader.takeRest()) else { throw .length }
      self = .setRadio(parameters)
    case 0x0A: self = .setTransmitPower(dBm: Int8(bitPattern: try byte()))
    case 0x0B: self = .radio
    case 0x0C: self = .transmitPower
    case 0x0D: self = .currentRSSI
    case 0x0E: self = .isChannelBusy
    case 0x0F: self = .airtime(bytes: try byte())
    case 0x10: self = .noiseFloor
    case 0x11: self = .version
    case 0x12: self = .statistics
    case 0x13: self = .battery
    case 0x14: self = .temperature
    case 0x15: self = .sensors(permissions: try byte())
    case 0x16: self = .deviceName
    case 0x17: self = .ping
    case 0x18: self = .reboot
    case 0x19: self = .setSignalReport(try byte() != 0)
    case 0x1A: self = .signalReport
    default: throw .unknownCode
    }
    guard reader.isAtEnd else { throw .length }
  }
}
