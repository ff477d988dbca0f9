package import Interlock
package import InterlockRadio

/// A board with the MeshCore KISS modem firmware, as a pure machine: the other side of
/// `MeshCoreModemMachine`.
///
/// Bytes of the host and frames of the air go in, with the time; bytes for the host and
/// transmissions come out. It holds one packet, waits for the channel as the firmware does, and
/// answers from its own state. Faults are switched on in `faults`.
///
/// *Source:* MeshCore firmware 1.17.1, KISS modem.
package struct EmulatedKISSModem: Sendable {
  /// What goes wrong, on command.
  package struct Faults: Sendable {
    /// Commands are not answered.
    package var ignoresCommands = false
    /// Commands are answered this much later.
    package var answerDelay = Duration.zero
    /// Settings are taken for out of range.
    package var refusesSettings = false
    /// Transmissions are not reported.
    package var forgetsReports = false
    /// Transmissions are reported as failed.
    package var deniesReports = false
    /// Reports come this much later.
    package var reportDelay = Duration.zero
    /// Error 7 is said right after each data frame, though it is taken.
    package var complainsOfBusy = false

    /// Makes a faultless modem.
    package init() {}
  }

  /// What the modem does.
  package enum Action: Sendable, Equatable {
    /// Bytes for the host.
    case write([UInt8])
    /// A transmission began and will end then.
    case transmitBegan([UInt8], until: Instant)
    /// It has ended.
    case transmitEnded([UInt8])
    /// The board restarts: its link is lost.
    case restart
  }

  private enum Phase: Equatable {
    case idle
    /// A packet waits for the channel.
    case waiting([UInt8], look: Instant, forced: Instant)
    /// The channel was free: the transmitter is about to be keyed.
    case keying([UInt8], start: Instant)
    case sending([UInt8], end: Instant)
    /// Sent; the report is due then.
    case reporting(at: Instant)
  }

  /// The key it answers with.
  package let publicKey: [UInt8]
  /// The name it answers with.
  package let deviceName: String
  /// What goes wrong now.
  package var faults = Faults()
  /// The channel in force.
  package private(set) var radio = RadioParameters(
    frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8, codingRateDenominator: 8)
  /// The power in force.
  package private(set) var powerDBm: Int8 = 20
  /// How many data frames were refused because one was pending.
  package private(set) var refused = 0

  private var decoder = KISSDecoder()
  private var phase = Phase.idle
  private var reportsSignal = true
  private var persistence: UInt8 = 63
  private var slotTime = Duration.milliseconds(100)
  private var transmitDelay = Duration.milliseconds(500)
  private var received: UInt32 = 0
  private var sent: UInt32 = 0
  private var occupiedUntil = Instant.origin
  private var random: SeededGenerator
  /// Answers that are not given yet, in order.
  private var answers: [(at: Instant, frame: KISSFrame)] = []
  private var actions: [Action] = []

  /// Makes a modem as it is after power-on.
  package init(publicKey: [UInt8], deviceName: String, seed: UInt64) {
    precondition(publicKey.count == 32, "a public key has 32 bytes")
    self.publicKey = publicKey
    self.deviceName = deviceName
    random = SeededGenerator(seed: seed)
  }

  /// What is to be done now, in order; the machine forgets it.
  package mutating func takeActions() -> [Action] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  /// When `timePassed` is to be called; nil for never.
  package var nextDeadline: Instant? {
    [answers.first?.at, phaseDeadline].compactMap(\.self).min()
  }

  private var phaseDeadline: Instant? {
    switch phase {
    case .idle: nil
    case .waiting(_, let look, _): look
    case .keying(_, let start): start
    case .sending(_, let end): end
    case .reporting(let at): at
    }
  }

  /// The modulation in force, for whoever models the air.
  package var settings: LoRaSettings {
    LoRaSettings(
      frequencyHz: radio.frequencyHz, bandwidthHz: radio.bandwidthHz,
      spreadingFactor: Int(radio.spreadingFactor),
      codingRateDenominator: Int(radio.codingRateDenominator))
  }

  // MARK: The air

  /// The channel is occupied by somebody else's packet until then.
  package mutating func occupied(until end: Instant) {
    occupiedUntil = max(occupiedUntil, end)
  }

  /// A packet was received whole.
  package mutating func heard(_ frame: [UInt8], snrQuarterDB: Int8, rssiDBm: Int8) {
    received &+= 1
    write(KISSFrame(command: KISSFrame.Command.data, data: frame))
    if reportsSignal {
      write(HardwareReply.receiveMetadata(snrQuarterDB: snrQuarterDB, rssiDBm: rssiDBm).frame)
    }
  }

  /// Sends bytes that no working modem would send.
  package mutating func emit(_ garbage: [UInt8]) { actions.append(.write(garbage)) }

  /// Takes the time.
  package mutating func timePassed(at now: Instant) {
    while let first = answers.first, first.at <= now { write(answers.removeFirst().frame) }
    while let deadline = phaseDeadline, deadline <= now { advance(at: now) }
  }

  private mutating func advance(at now: Instant) {
    switch phase {
    case .idle: break
    case .waiting(let frame, _, let forced):
      let isFree = occupiedUntil <= now && UInt8.random(in: 0...255, using: &random) <= persistence
      if isFree || now >= forced {
        phase = .keying(frame, start: now.advanced(by: transmitDelay))
      } else {
        let look = max(now.advanced(by: slotTime), min(occupiedUntil, forced))
        phase = .waiting(frame, look: look, forced: forced)
      }
    case .keying(let frame, _):
      let end = now.advanced(by: settings.airtime(ofBytes: frame.count))
      phase = .sending(frame, end: end)
      actions.append(.transmitBegan(frame, until: end))
    case .sending(let frame, _):
      sent &+= 1
      actions.append(.transmitEnded(frame))
      phase = .reporting(at: now.advanced(by: faults.reportDelay))
    case .reporting:
      phase = .idle
      if !faults.forgetsReports {
        write(HardwareReply.transmitDone(isConfirmed: !faults.deniesReports).frame)
      }
    }
  }

  // MARK: The host

  /// Bytes of the host arrived.
  package mutating func receive(_ bytes: [UInt8], at now: Instant) {
    var frames: [KISSFrame] = []
    decoder.decode(bytes) { frames.append($0) }
    for frame in frames where frame.port == 0 { handle(frame, at: now) }
    timePassed(at: now)
  }

  private mutating func handle(_ frame: KISSFrame, at now: Instant) {
    let value = frame.data.first
    switch frame.command {
    case KISSFrame.Command.data: send(frame.data, at: now)
    case KISSFrame.Command.transmitDelay:
      if let value { transmitDelay = .milliseconds(10 * Int(value)) }
    case KISSFrame.Command.persistence:
      if let value { persistence = value }
    case KISSFrame.Command.slotTime:
      // A slot of nothing would look at the channel without end in one instant.
      if let value { slotTime = .milliseconds(10 * max(Int(value), 1)) }
    case KISSFrame.Command.setHardware:
      guard !faults.ignoresCommands else { return }
      do {
        answer(try HardwareRequest(parsing: frame.data), at: now)
      } catch {
        write(HardwareReply.error(error == .length ? .length : .unknownRequest).frame)
      }
    default: break
    }
  }

  private mutating func send(_ frame: [UInt8], at now: Instant) {
    guard (1...LoRaSettings.longestFrameBytes).contains(frame.count) else { return }
    guard phase == .idle else {
      refused += 1
      return write(HardwareReply.error(.busy).frame)
    }
    let patience = settings.airtime(ofBytes: LoRaSettings.longestFrameBytes) * 3 / 2
    phase = .waiting(frame, look: now, forced: now.advanced(by: patience))
    if faults.complainsOfBusy { write(HardwareReply.error(.busy).frame) }
  }

  private mutating func answer(_ request: HardwareRequest, at now: Instant) {
    let frame = reply(to: request, at: now).frame
    answers.append((now.advanced(by: faults.answerDelay), frame))
    timePassed(at: now)
    guard request == .reboot else { return }
    restart()
    actions.append(.restart)
  }

  private mutating func reply(to request: HardwareRequest, at now: Instant) -> HardwareReply {
    switch request {
    case .identity: return .identity(publicKey: publicKey)
    case .random(let count):
      guard (1...64).contains(count) else { return .error(.parameter) }
      return .random((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    case .setRadio(let parameters):
      guard Self.isInRange(parameters), !faults.refusesSettings else { return .error(.parameter) }
      radio = parameters
      return .ok
    case .setTransmitPower(let dBm):
      guard (-9...30).contains(dBm), !faults.refusesSettings else { return .error(.parameter) }
      powerDBm = dBm
      return .ok
    case .radio: return .radio(radio)
    case .transmitPower: return .transmitPower(dBm: powerDBm)
    case .currentRSSI: return .currentRSSI(dBm: occupiedUntil > now ? -80 : -115)
    case .isChannelBusy: return .channelBusy(occupiedUntil > now)
    case .airtime(let bytes):
      let airtime = settings.firmwareAirtimeMicroseconds(ofBytes: Int(bytes)) / 1000
      return .airtime(milliseconds: UInt32(clamping: airtime))
    case .noiseFloor: return .noiseFloor(dBm: -115)
    case .version: return .version(1)
    case .statistics: return .statistics(received: received, sent: sent, errors: 0)
    case .battery: return .battery(millivolts: 4100)
    case .temperature: return .temperature(tenthsCelsius: 215)
    case .sensors: return .sensors([])
    case .deviceName: return .deviceName(deviceName)
    case .ping: return .pong
    case .setSignalReport(let isOn):
      reportsSignal = isOn
      return .signalReport(isOn)
    case .signalReport: return .signalReport(reportsSignal)
    case .reboot: return .ok
    // A board may lack these; a host that only drives the radio asks for none of them.
    case .verifySignature, .sign, .encrypt, .decrypt, .keyExchange, .hash:
      return .error(.notAvailable)
    }
  }

  private static func isInRange(_ parameters: RadioParameters) -> Bool {
    (5...12).contains(parameters.spreadingFactor)
      && (5...8).contains(parameters.codingRateDenominator)
      && (7_800...500_000).contains(parameters.bandwidthHz)
  }

  /// What power-off loses: everything but the key and the name.
  package mutating func restart() {
    var fresh = EmulatedKISSModem(publicKey: publicKey, deviceName: deviceName, seed: 0)
    fresh.random = random
    fresh.faults = faults
    fresh.actions = actions
    self = fresh
  }

  private mutating func write(_ frame: KISSFrame) { actions.append(.write(frame.encoded())) }
}
