internal import Interlock
internal import InterlockCommandLine
internal import InterlockModems
internal import InterlockRadio
internal import InterlockSystem

/// The options by which a command is told which modem to use.
enum ModemOptions {
  static let port = Option.text(
    "--port", "DEVICE", "the serial device of a MeshCore KISS modem; interlock doctor lists them")
  static let baud = Option<UInt32>(
    name: "--baud", placeholder: "N", meaning: "the speed of the serial line in bits per second"
  ) { text throws(OptionProblem) in
    guard let speed = UInt32(text), SerialPort.speeds.contains(speed) else {
      let speeds = SerialPort.speeds.map { "\($0)" }.joined(separator: ", ")
      throw OptionProblem(expected: "must be one of \(speeds)")
    }
    return speed
  }.defaulting(to: 115_200)
  static let tcp = Option<Endpoint>(
    name: "--tcp", placeholder: "HOST:PORT", meaning: "a MeshCore KISS modem behind TCP"
  ) { text throws(OptionProblem) in
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { throw OptionProblem(expected: "must be a host and a port, such as 127.0.0.1:8001") }
    // An IPv6 address stands in brackets, so that its colons are not taken for the port's.
    let host = text[..<colon].trimmingPrefix("[")
    return Endpoint(host: String(host.hasSuffix("]") ? host.dropLast() : host), port: port)
  }
  static let power = Option.integer("--power", "DBM", -9...30, "transmit power").defaulting(to: 14)

  static let all = [port.optional, baud.optional, tcp.optional, power.optional] + LoRaOptions.all

  /// A host and a port.
  struct Endpoint: Sendable, Hashable {
    let host: String
    let port: UInt16
  }

  /// Whether a modem was named.
  static func isGiven(_ arguments: Arguments) throws -> Bool {
    try arguments[port] != nil || arguments[tcp] != nil
  }

  /// The modem that was named, and what it is to be set to.
  ///
  /// - Throws: `CommandFailure` with status 64 unless exactly one was named.
  static func modem(
    _ arguments: Arguments, clock: any MonotonicClock, seed: UInt64
  ) throws -> (modem: MeshCoreKISSModem, settings: ModemSettings) {
    let connection: ModemConnection
    switch (try arguments[port], try arguments[tcp]) {
    case (let device?, nil):
      connection = .serial(path: device, bitsPerSecond: try arguments[baud])
    case (nil, let endpoint?): connection = .tcp(host: endpoint.host, port: endpoint.port)
    default:
      throw CommandFailure(
        .usage, "one modem is needed", "give either --port DEVICE or --tcp HOST:PORT")
    }
    let lora = try LoRaOptions.settings(arguments)
    do throws(LoRaSettingsError) { try lora.validateFirmwarePreamble() } catch {
      throw CommandFailure(.usage, "the modem cannot be set so", "\(error)")
    }
    let settings = ModemSettings(
      lora: lora, transmitPowerDBm: try arguments[power])
    return (MeshCoreKISSModem(connection, settings: settings, clock: clock, seed: seed), settings)
  }
}
