internal import Interlock
internal import InterlockRadio

extension MeshCoreModemMachine {
  /// Takes one frame from the modem.
  mutating func handle(_ frame: KISSFrame, at now: Instant) {
    // Other ports belong to other radios.
    guard frame.port == 0 else { return }
    switch frame.command {
    case KISSFrame.Command.data: received(frame.data, at: now)
    case KISSFrame.Command.setHardware:
      if let reply = HardwareReply(parsing: frame.data) { handle(reply, at: now) }
    default: break
    }
  }

  private mutating func received(_ bytes: [UInt8], at now: Instant) {
    // Before the channel is set this is traffic of some other network.
    guard isConfigured, (1...LoRaSettings.longestFrameBytes).contains(bytes.count) else { return }
    guard reportsSignal else {
      let frame = ReceivedFrame(bytes: bytes, snrQuarterDB: nil, rssiDBm: nil, receivedAt: now)
      return actions.append(.event(.received(frame)))
    }
    if let early = pairing.frame(bytes, at: now) { actions.append(.event(.received(early))) }
  }

  private mutating func handle(_ reply: HardwareReply, at now: Instant) {
    switch reply {
    case .receiveMetadata(let snrQuarterDB, let rssiDBm):
      if let frame = pairing.values(snrQuarterDB: snrQuarterDB, rssiDBm: rssiDBm) {
        actions.append(.event(.received(frame)))
      }

    case .transmitDone(let isConfirmed): transmitDone(isConfirmed, at: now)

    case .error(.busy):
      // No verdict on anything: the modem also says it when its output queue overflows.
      transmission?.sawBusy = true

    default:
      guard let command else { return }
      let isAnswer = reply.code == command.request.replyCode
      let isOK = reply == .ok && command.request.isAnsweredByOK
      switch reply {
      case .error(let error): answered(command, .failure(error), at: now)
      default: if isAnswer || isOK { answered(command, .success(reply), at: now) }
      }
    }
  }

  private mutating func transmitDone(_ isConfirmed: Bool, at now: Instant) {
    if let orphan {
      self.orphan = nil
      if let request = orphan.request { start(.ping, request: request, at: now) }
      return
    }
    // A report nobody waits for changes nothing.
    guard let transmission else { return }
    self.transmission = nil
    guard !isConfirmed else { return answer(transmission.id, .outcome(.sent(onAir: nil))) }
    let error = ModemError(.unconfirmed, "\(linkName) did not confirm the transmission")
    answer(transmission.id, .outcome(.unknown(error)))
  }

  // MARK: Commands

  /// Sends a command; there is one in flight at most, so any other must be over or given up.
  mutating func send(
    _ request: HardwareRequest, for purpose: Command.Purpose, limit: Duration, at now: Instant
  ) {
    if case .channel(let id)? = command?.purpose {
      answer(id, .failed(.init(.busy, "\(linkName) is being asked something else")))
    }
    command = Command(request: request, purpose: purpose, deadline: now.advanced(by: limit))
    write(request.frame)
  }

  private mutating func answered(
    _ command: Command, _ result: Result<HardwareReply, HardwareReply.ErrorCode>, at now: Instant
  ) {
    self.command = nil
    switch command.purpose {
    case .configuration: configurationAnswered(command.request, result, at: now)

    case .channel(let id):
      switch result {
      // The modem calls the channel busy while it receives a packet.
      case .success(.channelBusy(let isBusy)):
        answer(id, .activity(isBusy ? .receiving : .clear))
      case .success(let other):
        answer(id, .failed(.init(.protocolViolation, "\(linkName) answered \(other)")))
      case .failure(let error):
        answer(id, .failed(.init(.refused, "\(linkName) cannot tell: \(error)")))
      }

    case .poll: pollAnswered(try? result.get(), at: now)
    }
  }

  mutating func commandTimedOut(_ command: Command, at now: Instant) {
    self.command = nil
    switch command.purpose {
    case .configuration:
      let error = ModemError(.timedOut, "\(linkName) did not answer \(command.request) in time")
      closeLink(error)
    case .channel(let id):
      answer(id, .failed(.init(.timedOut, "\(linkName) did not say whether the channel is free")))
    case .poll: pollTimedOut(at: now)
    }
  }
}

extension HardwareReply.ErrorCode: Error {}
