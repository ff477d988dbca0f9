package import Interlock
package import InterlockRadio

/// The host's side of a plain KISS TNC, as a pure machine.
///
/// Such a device confirms nothing. Where it can say how many bytes it has queued, a frame counts as
/// sent once there are none; elsewhere once its time on the air has passed, keying included.
///
/// *Source:* M. Chepponis, P. Karn, "The KISS TNC", 1987; Direwolf User Guide, "SetHardware".
package struct KISSTNCMachine: ModemMachine {
  private enum Link: Equatable {
    case closed
    /// Text commands that put a LoRa board into KISS mode: the next one, when.
    case starting(next: Int, at: Instant)
    /// Asked what it is.
    case asking(until: Instant)
    case ready
    case closing
  }

  private struct Transmission: Equatable {
    enum Wait: Equatable {
      /// The frame is on the air until then, as far as one can calculate.
      case airtime(until: Instant)
      /// Asked how much is queued.
      case answer(until: Instant)
      /// Asks again then.
      case pause(until: Instant)

      var deadline: Instant {
        switch self {
        case .airtime(let until), .answer(let until), .pause(let until): until
        }
      }
    }
    var id: UInt64
    var wait: Wait
    /// When it is over by calculation, whatever the device says or does not.
    var calculated: Instant
    /// When it is over at the latest.
    var quietBy: Instant
  }

  /// A reset that waits for what the device holds; a TNC cannot be told to forget it.
  private struct Reset: Equatable {
    var id: UInt64
    /// Without an answer about its queue, the device counts as quiet from then on.
    var until: Instant
  }

  private var settings: ModemSettings
  private let options: KISSTNCOptions
  private var link = Link.closed
  private var linkName = ""
  private var product: String?
  private var transmission: Transmission?
  private var pendingReset: Reset?
  /// When all frames given to the device are over, by calculation.
  private var calculatedEnd: Instant?
  private var decoder = KISSDecoder()
  private var actions: [ModemAction] = []
  package private(set) var isConfigured = false

  /// Makes the machine of a TNC that is not connected yet.
  package init(settings: ModemSettings, options: KISSTNCOptions = KISSTNCOptions()) {
    self.settings = settings
    self.options = options
  }

  package var isReady: Bool { link == .ready }

  package func timing(with settings: ModemSettings) -> ModemTiming {
    let access = settings.access ?? options.access
    // The queue is looked at now and then only.
    let margin =
      KISSTNCTiming.queueLimit + KISSTNCTiming.queueInterval + KISSTNCTiming.queueAnswer
    return ModemTiming(
      sendDeadline: SendDeadline(airtimePercent: 100, margin: margin, minimum: .zero),
      pace: options.pace, wrappingBytes: options.wrapping == nil ? 0 : AX25Header.byteCount,
      keying: access.transmitDelay + access.transmitTail)
  }
  /// A plain TNC has none.
  package var identity: [UInt8]? { nil }

  package mutating func takeActions() -> [ModemAction] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  package var nextDeadline: Instant? {
    let linkDeadline: Instant? =
      switch link {
      case .closed, .closing, .ready: nil
      case .starting(_, let at): at
      case .asking(let until): until
      }
    return [linkDeadline, transmission?.wait.deadline, pendingReset?.until].compactMap(\.self).min()
  }

  // MARK: Link

  package mutating func linkOpened(name: String, identity: [UInt8]?, at now: Instant) {
    precondition(link == .closed, "a modem has one link at a time")
    linkName = name
    if options.startsWithTextCommands {
      link = .starting(next: 0, at: now)
      timePassed(at: now)
    } else {
      ask(at: now)
    }
  }

  package mutating func linkClosed(_ error: ModemError, at now: Instant) {
    decoder.reset()
    link = .closed
    isConfigured = false
    product = nil
    if let transmission {
      self.transmission = nil
      let outcome = TransmitOutcome.unknown(error, quietBy: transmission.quietBy)
      actions.append(.answer(transmission.id, .outcome(outcome)))
    }
    endReset(.failed(error))
  }

  package mutating func receive(_ bytes: [UInt8], at now: Instant) {
    guard link != .closed, link != .closing else { return }
    var frames: [KISSFrame] = []
    decoder.decode(bytes) { frames.append($0) }
    for frame in frames where frame.port == 0 {
      switch frame.command {
      case KISSFrame.Command.data: received(frame.data, at: now)
      case KISSFrame.Command.setHardware:
        answered(String(decoding: frame.data, as: UTF8.self), at: now)
      default: break
      }
    }
  }

  package mutating func timePassed(at now: Instant) {
    while case .starting(let next, let at) = link, at <= now { sendTextCommand(next, at: now) }
    if case .asking(let until) = link, until <= now { becomeReady() }
    if let transmission, transmission.wait.deadline <= now { waited(transmission, at: now) }
    if let pendingReset, pendingReset.until <= now { endReset(.done) }
  }

  private mutating func sendTextCommand(_ number: Int, at now: Instant) {
    let commands = TextCommand.start(settings.lora)
    guard number < commands.count else { return ask(at: now) }
    actions.append(.write(commands[number].bytes))
    link = .starting(next: number + 1, at: now.advanced(by: commands[number].pause))
  }

  private mutating func ask(at now: Instant) {
    writeChannelAccess()
    writeQuestion("TNC:")
    link = .asking(until: now.advanced(by: KISSTNCTiming.product))
  }

  /// The channel access parameters; a TNC acknowledges none of them.
  private mutating func writeChannelAccess() {
    let access = settings.access ?? options.access
    let parameters: [(UInt8, UInt8)] = [
      (KISSFrame.Command.transmitDelay, access.transmitDelay.tensOfMilliseconds),
      (KISSFrame.Command.persistence, access.persistence),
      (KISSFrame.Command.slotTime, access.slotTime.tensOfMilliseconds),
      (KISSFrame.Command.transmitTail, access.transmitTail.tensOfMilliseconds),
      (KISSFrame.Command.fullDuplex, access.isFullDuplex ? 1 : 0),
    ]
    for (command, value) in parameters {
      actions.append(.write(KISSFrame(command: command, data: [value]).encoded()))
    }
  }

  private mutating func becomeReady() {
    link = .ready
    isConfigured = true
    let device = product.map { "\($0) on \(linkName)" } ?? "KISS TNC on \(linkName)"
    actions.append(.event(.connected(device: device)))
  }

  // MARK: Frames

  private mutating func received(_ data: [UInt8], at now: Instant) {
    let bytes = options.wrapping == nil ? data : AX25Header.unwrap(data)
    // What is not wrapped as ours is other traffic on a shared channel.
    guard isConfigured, let bytes, (1...LoRaSettings.longestFrameBytes).contains(bytes.count) else {
      return
    }
    let frame = ReceivedFrame(bytes: bytes, snrQuarterDB: nil, rssiDBm: nil, receivedAt: now)
    actions.append(.event(.received(frame)))
  }

  private mutating func answered(_ text: String, at now: Instant) {
    if case .asking = link {
      // Direwolf answers with the bare name, others repeat the question.
      product = text.hasPrefix("TNC:") ? String(text.dropFirst(4)) : text
      return becomeReady()
    }
    guard text.hasPrefix("TXBUF:"), let queued = Int(text.dropFirst(6)) else { return }
    if pendingReset != nil {
      let error = ModemError(.busy, "\(linkName) still has \(queued) bytes queued")
      return endReset(queued > 0 ? .failed(error) : .done)
    }
    guard var transmission, case .answer = transmission.wait else { return }
    guard queued > 0 else { return finish(.sent(onAir: nil)) }
    transmission.wait = .pause(until: now.advanced(by: KISSTNCTiming.queueInterval))
    self.transmission = transmission
  }

  // MARK: Requests

  package mutating func submit(_ request: ModemRequest, id: UInt64, at now: Instant) {
    switch request {
    case .transmit(let frame): transmit(frame, id: id, at: now)
    // The TNC listens before it sends and cannot be asked.
    case .channelActivity: actions.append(.answer(id, .activity(.left)))
    case .apply(let settings): apply(settings, id: id)
    case .reset: reset(id: id, at: now)
    }
  }

  private mutating func transmit(_ frame: [UInt8], id: UInt64, at now: Instant) {
    guard isReady else {
      let error = ModemError(.disconnected, "no modem is ready")
      return actions.append(.answer(id, .outcome(.notSent(error))))
    }
    guard transmission == nil, (1...LoRaSettings.longestFrameBytes).contains(frame.count) else {
      let error =
        transmission == nil
        ? ModemError(.refused, "a frame has 1 to 255 bytes, this one \(frame.count)")
        : ModemError(.busy, "\(linkName) has a frame on its way")
      return actions.append(.answer(id, .outcome(.notSent(error))))
    }
    let data = options.wrapping?.wrap(frame) ?? frame
    actions.append(.write(KISSFrame(command: KISSFrame.Command.data, data: data).encoded()))
    let timing = self.timing(with: settings)
    let airtime = timing.airtime(ofBytes: frame.count, with: settings.lora)
    let calculated = now.advanced(by: airtime)
    var wait = Transmission.Wait.airtime(until: calculated)
    if product != nil {
      writeQuestion("TXBUF:")
      wait = .answer(until: now.advanced(by: KISSTNCTiming.queueAnswer))
    }
    let limit = timing.sendDeadline.limit(airtime: airtime, longestAirtime: .zero)
    transmission = Transmission(
      id: id, wait: wait, calculated: calculated, quietBy: now.advanced(by: limit))
    calculatedEnd = calculated
  }

  /// A wait has ended without an answer.
  private mutating func waited(_ transmission: Transmission, at now: Instant) {
    switch transmission.wait {
    case .airtime: finish(.sent(onAir: nil))
    case .pause:
      writeQuestion("TXBUF:")
      self.transmission?.wait = .answer(until: now.advanced(by: KISSTNCTiming.queueAnswer))
    case .answer:
      // It knows its name but not its queue: from now on only calculation is left.
      guard transmission.calculated > now else { return finish(.sent(onAir: nil)) }
      self.transmission?.wait = .airtime(until: transmission.calculated)
    }
  }

  /// Gives up the frame under way and is done when the device holds none any more.
  private mutating func reset(id: UInt64, at now: Instant) {
    if let transmission {
      let error = ModemError(.timedOut, "\(linkName) did not send in time")
      finish(.unknown(error, quietBy: transmission.quietBy))
    }
    guard isReady else { return refuse(id) }
    guard pendingReset == nil else {
      let error = ModemError(.busy, "\(linkName) is being reset already")
      return actions.append(.answer(id, .failed(error)))
    }
    var until = max(now, calculatedEnd ?? now)
    if product != nil {
      writeQuestion("TXBUF:")
      until = max(until, now.advanced(by: KISSTNCTiming.queueAnswer))
    }
    pendingReset = Reset(id: id, until: until)
    timePassed(at: now)
  }

  private mutating func endReset(_ answer: ModemAnswer) {
    guard let pendingReset else { return }
    self.pendingReset = nil
    actions.append(.answer(pendingReset.id, answer))
  }

  private mutating func apply(_ settings: ModemSettings, id: UInt64) {
    self.settings = settings
    actions.append(.answer(id, .done))
    // Where there is no link, the next one begins with them.
    if link == .closed || link == .closing { return }
    // A board learns its channel from the text commands only, which come before KISS mode.
    if options.startsWithTextCommands {
      actions.append(.write(KISSFrame.leaveKISSMode.encoded()))
      actions.append(
        .closeLink(.init(.disconnected, "\(linkName) is opened anew to be configured")))
      link = .closing
    } else {
      writeChannelAccess()
    }
  }

  private mutating func refuse(_ id: UInt64) {
    actions.append(.answer(id, .failed(.init(.disconnected, "no modem is ready"))))
  }

  private mutating func finish(_ outcome: TransmitOutcome) {
    guard let transmission else { return }
    self.transmission = nil
    actions.append(.answer(transmission.id, .outcome(outcome)))
  }

  // MARK: Output

  private mutating func writeQuestion(_ text: String) {
    let frame = KISSFrame(command: KISSFrame.Command.setHardware, data: Array(text.utf8))
    actions.append(.write(frame.encoded()))
  }
}
