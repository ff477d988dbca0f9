internal import Interlock
internal import InterlockRadio

extension MeshCoreModemMachine {
  /// Begins to configure at a step; `request` is answered when all is done.
  mutating func start(_ step: ConfigurationStep, request: UInt64?, at now: Instant) {
    link = .configuring(step, request: request)
    let question: HardwareRequest =
      switch step {
      case .ping: .ping
      case .identity: .identity
      case .radio: .setRadio(RadioParameters(settings.lora))
      case .power: .setTransmitPower(dBm: Int8(clamping: settings.transmitPowerDBm))
      case .signalReport: .setSignalReport(true)
      case .verify: .radio
      }
    send(question, for: .configuration, limit: MeshCoreModemTiming.command, at: now)
  }

  /// Takes settings while no modem is ready: they are those it is configured with.
  ///
  /// - Returns: false if a configuration is under way on which another request depends.
  mutating func takeForConnecting(_ settings: ModemSettings) -> Bool {
    if case .configuring(let step, let request) = link {
      guard request == nil else { return false }
      mustTellSettingsAgain = step.rawValue >= ConfigurationStep.radio.rawValue
    }
    self.settings = settings
    settingsBefore = nil
    return true
  }

  mutating func configurationAnswered(
    _ question: HardwareRequest, _ result: Result<HardwareReply, HardwareReply.ErrorCode>,
    at now: Instant
  ) {
    guard case .configuring(let step, let request) = link else { return }
    if mustTellSettingsAgain {
      // What the modem says to those of before does not matter any more.
      mustTellSettingsAgain = false
      return start(.radio, request: request, at: now)
    }
    switch (step, result) {
    case (.identity, .success(.identity(let publicKey))):
      guard requiredIdentity == nil || requiredIdentity == publicKey else {
        return closeLink(.init(.refused, "\(linkName) is another modem"))
      }
      identity = publicKey

    case (.identity, .failure):
      guard requiredIdentity == nil else {
        return closeLink(.init(.refused, "\(linkName) cannot prove that it is the modem of before"))
      }

    case (.radio, .failure(let error)), (.power, .failure(let error)):
      return refused(question, error, request: request, at: now)

    case (.signalReport, .failure):
      reportsSignal = false
      let text = "\(linkName) reports no signal values; frames are delivered without them"
      actions.append(.event(.notice(.info, text)))

    case (.signalReport, .success): reportsSignal = true

    case (.verify, .success(.radio(let found))):
      let wanted = RadioParameters(settings.lora)
      guard wanted.isPractically(found) else {
        let error = ModemError(
          .protocolViolation, "\(linkName) was told \(wanted) and says \(found)")
        return closeLink(error)
      }
      return configured(request: request, at: now)

    case (.verify, .failure(let error)):
      return closeLink(.init(.protocolViolation, "\(linkName) cannot say its channel: \(error)"))

    case (.ping, _), (.identity, _), (.radio, _), (.power, _), (.verify, _): break
    }
    if step == .signalReport { writeChannelAccess() }
    guard let next = ConfigurationStep(rawValue: step.rawValue + 1) else { return }
    start(next, request: request, at: now)
  }

  private mutating func refused(
    _ question: HardwareRequest, _ error: HardwareReply.ErrorCode, request: UInt64?, at now: Instant
  ) {
    let refusal = ModemError(.refused, "\(linkName) refuses \(question): \(error)")
    guard let settingsBefore else {
      if let request { answer(request, .failed(refusal)) }
      link = .closing
      return actions.append(.giveUp(refusal))
    }
    // One of the two may have been taken: put the old pair in force again.
    settings = settingsBefore
    self.settingsBefore = nil
    if let request { answer(request, .failed(refusal)) }
    start(.radio, request: nil, at: now)
  }

  /// The channel access parameters; the modem acknowledges none of them.
  private mutating func writeChannelAccess() {
    let parameters: [(UInt8, UInt8)] = [
      (KISSFrame.Command.transmitDelay, access.transmitDelay.tensOfMilliseconds),
      (KISSFrame.Command.persistence, access.persistence),
      (KISSFrame.Command.slotTime, access.slotTime.tensOfMilliseconds),
      (KISSFrame.Command.transmitTail, 0),
      (KISSFrame.Command.fullDuplex, access.isFullDuplex ? 1 : 0),
    ]
    for (command, value) in parameters { write(KISSFrame(command: command, data: [value])) }
  }

  private mutating func configured(request: UInt64?, at now: Instant) {
    link = .ready
    settingsBefore = nil
    if !isConfigured {
      isConfigured = true
      let key = identity.map { $0.prefix(4).map(Self.hex).joined() }
      let name = key.map { "MeshCore modem \($0) on \(linkName)" } ?? "modem on \(linkName)"
      actions.append(.event(.connected(device: name)))
      polls.start(interval: options.pollInterval, at: now)
    }
    if let request { answer(request, .done) }
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }
}

extension Duration {
  /// The unit of KISS parameters, in one byte.
  var tensOfMilliseconds: UInt8 { UInt8(clamping: nanoseconds / 10_000_000) }
}
