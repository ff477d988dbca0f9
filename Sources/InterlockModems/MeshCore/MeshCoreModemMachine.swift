package import Interlock
package import InterlockRadio

/// The host's side of the MeshCore KISS modem, as a pure machine.
///
/// Three things run side by side and are kept apart: the *link* (opening, settling, being
/// configured, ready), at most one *command* whose answer is matched by its code, and at most one
/// *transmission*, which nothing but the modem's own report decides.
///
/// *Source:* MeshCore firmware 1.17.1, KISS modem.
package struct MeshCoreModemMachine: ModemMachine {
  enum Link: Equatable {
    case closed
    /// The board may be restarting; what arrives is ignored.
    case settling(until: Instant)
    /// Working through `ConfigurationStep`s; `request` is answered at the end.
    case configuring(ConfigurationStep, request: UInt64?)
    case ready
    /// The link is given up; nothing it still says counts.
    case closing
  }

  enum ConfigurationStep: Int, CaseIterable {
    case ping, identity, radio, power, signalReport, verify

    /// The steps of a configuration that begins with `first`.
    static func from(_ first: ConfigurationStep) -> ArraySlice<ConfigurationStep> {
      allCases[first.rawValue...]
    }
  }

  struct Command: Equatable {
    enum Purpose: Equatable {
      case configuration
      /// The transmit path waits for it.
      case channel(UInt64)
      /// Statistics; given up for anything that matters.
      case poll
    }
    var request: HardwareRequest
    var purpose: Purpose
    var deadline: Instant
  }

  struct Transmission: Equatable {
    var id: UInt64
    /// After this instant the modem can no longer report on it.
    var reportBound: Instant
    /// Error 7 came meanwhile: no verdict, but worth telling.
    var sawBusy = false
  }

  /// A transmission that was given up, but that the modem may still make and report on.
  struct Orphan: Equatable {
    var reportBound: Instant
    /// The reset that waits for it.
    var request: UInt64?
    /// Given to the modem over a link that is gone: the device may have restarted and forgotten it.
    var isInherited = false
  }

  var settings: ModemSettings
  let options: MeshCoreModemOptions
  var link = Link.closed
  var linkName = ""
  var requiredIdentity: [UInt8]?
  package var identity: [UInt8]?
  /// Settings being tried, to go back from when the modem refuses them.
  var settingsBefore: ModemSettings?
  /// Other settings were taken after the configuration under way had told those of before.
  var mustTellSettingsAgain = false
  var command: Command?
  var transmission: Transmission?
  var orphan: Orphan?
  var pairing: SignalPairing
  var reportsSignal = true
  package var isConfigured = false
  var polls = PollSchedule()
  private var decoder = KISSDecoder()
  private var framingErrorsReported = 0
  var actions: [ModemAction] = []

  /// Makes the machine of a modem that is not connected yet.
  package init(settings: ModemSettings, options: MeshCoreModemOptions = MeshCoreModemOptions()) {
    self.settings = settings
    self.options = options
    pairing = SignalPairing(patience: options.signalPatience)
  }

  package var isReady: Bool { link == .ready }

  /// How the modem comes to send now.
  var access: ChannelAccess { settings.access ?? options.access }

  package func timing(with settings: ModemSettings) -> ModemTiming {
    var deadline = SendDeadline.listeningModem
    deadline.margin += (settings.access ?? options.access).transmitDelay
    return ModemTiming(
      sendDeadline: deadline, resetCommands: ConfigurationStep.from(.ping).count,
      applyCommands: ConfigurationStep.from(.radio).count)
  }

  package mutating func takeActions() -> [ModemAction] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  package var nextDeadline: Instant? {
    if link == .closing { return nil }
    var deadlines = [command?.deadline, orphan?.reportBound, pairing.deadline]
    if case .settling(let until) = link { deadlines.append(until) }
    if isReady, command == nil, transmission == nil, orphan == nil { deadlines.append(polls.due) }
    return deadlines.compactMap(\.self).min()
  }

  // MARK: Link

  package mutating func linkOpened(name: String, identity: [UInt8]?, at now: Instant) {
    precondition(link == .closed, "a modem has one link at a time")
    linkName = name
    requiredIdentity = identity
    link = .settling(until: now.advanced(by: MeshCoreModemTiming.settle))
  }

  package mutating func linkClosed(_ error: ModemError, at now: Instant) {
    // Whatever was only half known is forgotten: nothing of this link may meet the next one.
    decoder.reset()
    pairing.removeAll()
    polls = PollSchedule()
    isConfigured = false
    reportsSignal = true
    // But the device has power still, and sends what it was given.
    if let transmission {
      self.transmission = nil
      let bound = transmission.reportBound
      answer(transmission.id, .outcome(.unknown(error, quietBy: bound)))
      orphan = Orphan(reportBound: bound, isInherited: true)
    } else if let orphan {
      if let request = orphan.request { answer(request, .failed(error)) }
      let isOver = orphan.reportBound <= now
      self.orphan = isOver ? nil : Orphan(reportBound: orphan.reportBound, isInherited: true)
    }
    if case .channel(let id)? = command?.purpose { answer(id, .failed(error)) }
    command = nil
    endConfiguration(.failed(error))
    if let settingsBefore { settings = settingsBefore }
    settingsBefore = nil
    mustTellSettingsAgain = false
    link = .closed
  }

  package mutating func receive(_ bytes: [UInt8], at now: Instant) {
    switch link {
    case .closed, .settling, .closing: return
    case .configuring, .ready: break
    }
    var frames: [KISSFrame] = []
    decoder.decode(bytes) { frames.append($0) }
    for frame in frames { handle(frame, at: now) }
  }

  package mutating func timePassed(at now: Instant) {
    if link == .closing { return }
    if case .settling(let until) = link, until <= now { start(.ping, request: nil, at: now) }
    for frame in pairing.expire(at: now) { actions.append(.event(.received(frame))) }
    if let command, command.deadline <= now { commandTimedOut(command, at: now) }
    if let orphan, orphan.reportBound <= now { orphanExpired(orphan, at: now) }
    pollIfDue(at: now)
  }

  private mutating func orphanExpired(_ orphan: Orphan, at now: Instant) {
    guard orphan.isInherited else {
      // Only a new link makes sure that the lost report cannot come and be taken for another's.
      return closeLink(.init(.timedOut, "\(linkName) never reported how a transmission ended"))
    }
    self.orphan = nil
    if let request = orphan.request { start(.ping, request: request, at: now) }
  }

  mutating func closeLink(_ error: ModemError) {
    // The driver answers with `linkClosed`, which settles all that is still open.
    actions.append(.closeLink(error))
    endConfiguration(.failed(error))
    link = .closing
  }

  /// Answers whoever waits for the present configuration.
  mutating func endConfiguration(_ answer: ModemAnswer) {
    if case .configuring(_, let request?) = link { self.answer(request, answer) }
  }

  // MARK: Requests

  package mutating func submit(_ request: ModemRequest, id: UInt64, at now: Instant) {
    guard isReady else {
      if case .apply(let settings) = request, takeForConnecting(settings) {
        return answer(id, .done)
      }
      let state =
        link == .closed ? "no modem is connected" : "\(linkName) is not configured yet"
      let error = ModemError(.disconnected, state)
      if case .transmit = request {
        return answer(id, .outcome(.notSent(error)))
      }
      return answer(id, .failed(error))
    }
    switch request {
    case .transmit(let frame): transmit(frame, id: id, at: now)
    case .channelActivity: askChannel(id: id, at: now)
    case .apply where orphan != nil:
      answer(id, .failed(.init(.busy, "\(linkName) may still be sending")))
    case .apply(let settings):
      settingsBefore = self.settings
      self.settings = settings
      start(.radio, request: id, at: now)
    case .reset: reset(id: id, at: now)
    }
  }

  private mutating func transmit(_ frame: [UInt8], id: UInt64, at now: Instant) {
    guard (1...LoRaSettings.longestFrameBytes).contains(frame.count) else {
      // The modem would drop it without a word.
      let error = ModemError(.refused, "a frame has 1 to 255 bytes, this one \(frame.count)")
      return answer(id, .outcome(.notSent(error)))
    }
    // What a former link carried is accounted for until it is over; only a reset waits for that.
    if orphan?.isInherited == true, orphan?.request == nil { orphan = nil }
    guard transmission == nil, orphan == nil else {
      let error = ModemError(.busy, "\(linkName) takes one frame at a time")
      return answer(id, .outcome(.notSent(error)))
    }
    let longest = settings.lora.airtime(ofBytes: LoRaSettings.longestFrameBytes)
    let bound =
      longest * 3 / 2 + settings.lora.airtime(ofBytes: frame.count)
      + access.transmitDelay + MeshCoreModemTiming.reportMargin
    transmission = Transmission(id: id, reportBound: now.advanced(by: bound))
    write(KISSFrame(command: KISSFrame.Command.data, data: frame))
  }

  private mutating func askChannel(id: UInt64, at now: Instant) {
    guard options.asksChannel else { return answer(id, .activity(.left)) }
    if case .channel? = command?.purpose {
      return answer(id, .failed(.init(.busy, "\(linkName) is being asked already")))
    }
    // A poll under way is given up: the transmit path waits for no statistics.
    send(.isChannelBusy, for: .channel(id), limit: MeshCoreModemTiming.urgentCommand, at: now)
  }

  private mutating func reset(id: UInt64, at now: Instant) {
    if let transmission {
      self.transmission = nil
      let note = transmission.sawBusy ? "; it said busy meanwhile" : ""
      let error = ModemError(.timedOut, "\(linkName) did not report in time\(note)")
      let quietBy = transmission.reportBound
      answer(transmission.id, .outcome(.unknown(error, quietBy: quietBy)))
      orphan = Orphan(reportBound: transmission.reportBound, request: id)
      // The bound may have passed already.
      timePassed(at: now)
    } else if let orphan {
      guard orphan.request == nil else {
        return answer(id, .failed(.init(.busy, "\(linkName) is being reset already")))
      }
      self.orphan?.request = id
    } else {
      start(.ping, request: id, at: now)
    }
  }

  // MARK: Output

  mutating func answer(_ id: UInt64, _ answer: ModemAnswer) {
    actions.append(.answer(id, answer))
  }

  mutating func write(_ frame: KISSFrame) {
    actions.append(.write(frame.encoded()))
  }

  /// Frames the decoder had to discard since the last call.
  mutating func takeFramingErrors() -> Int {
    defer { framingErrorsReported = decoder.framingErrors }
    return decoder.framingErrors - framingErrorsReported
  }
}
