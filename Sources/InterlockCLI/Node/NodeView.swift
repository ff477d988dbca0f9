internal import Interlock
internal import InterlockMeshCore
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSimulation
internal import InterlockSystem
internal import InterlockWire

/// What a person sees of a running node: a line an event, and how much of the allowance is used.
///
/// Lines are made here and written by a thread of their own, so that a slow terminal holds up no
/// radio.
final class NodeView: Sendable {
  fileprivate struct State {
    var names = NameBook()
    var style: LineStyle
  }

  private let state: Guarded<State>
  private let output: LineWriter

  init(output: LineWriter, isTerminal: Bool) {
    self.output = output
    state = Guarded(State(style: LineStyle(isColoured: isTerminal)))
  }

  /// Shows an event; what only a log needs is left out.
  func show(_ event: NodeEvent) {
    let line = state.withLock { state in state.line(for: event) }
    if let line { output.append(stamped(line)) }
  }

  /// Shows what a simulated person did.
  func show(_ happening: MeshHappening) {
    let line = state.withLock { $0.style.dim("people     \(happening)") }
    output.append(stamped(line))
  }

  /// Introduces those whose names are known from the start.
  func introduce(_ inhabitants: [Neighbourhood.Inhabitant]) {
    state.withLock { state in
      for inhabitant in inhabitants {
        state.names.learn(inhabitant.publicKey, name: inhabitant.name)
      }
    }
  }

  /// Shows what the node is.
  func showStart(_ node: NodeSnapshot, settings: ModemSettings) {
    let style = state.withLock { $0.style }
    output.append(
      """
      \(style.bold("interlock \(Version.current)"))  \(node.name)  key \(node.publicKey.short)
        radio      \(settings.lora.text), \(settings.transmitPowerDBm) dBm
        allowance  \(AllowanceText.of(node))
        end with Ctrl-C

      """)
  }

  /// Shows how much of the allowance is used, and how much was done.
  func showGauge(_ node: NodeSnapshot) {
    let style = state.withLock { $0.style }
    output.append(stamped(style.bold("airtime    ") + AllowanceText.gauge(node)))
  }

  /// Shows what was done in all.
  func showSummary(_ node: NodeSnapshot) {
    output.append("\n" + NodeSummary(node).text)
  }

  private func stamped(_ line: String) -> String {
    // The time of day alone: whoever watches knows the date.
    let time = Timestamp.now.description.dropFirst(11).prefix(12)
    return "\(time)  \(line)\n"
  }
}

extension NodeView.State {
  fileprivate mutating func line(for event: NodeEvent) -> String? {
    switch event {
    case .repeater(.decided(let verdict, let frame)): heard(frame, verdict)
    case .repeater(.announced(let reach)):
      style.bold("advert     ")
        + (reach == .flood ? "announced to the whole mesh" : "announced to the neighbours")
    case .repeater(.ruleApplied(let index, let packet)):
      style.bold("rule       ") + "repeater.rules[\(index)] applies to \(packet)"
    case .repeater(.advertiserBarred(let key, let length)):
      style.bold("barred     ") + "adverts of \(key) for \(length.forReading)"
    case .repeater(.delivered), .repeater(.forgotten): nil
    case .transmit(let event): transmit(event)
    case .modem(.connected(let device)): style.good("modem      ") + "connected: \(device)"
    case .modem(.disconnected(let error)): style.bad("modem      ") + "lost: \(error)"
    case .modem(.lost(let frames, let others)):
      style.warn("modem      ") + "too much to take in: \(frames) frames and \(others) reports lost"
    case .modem(.notice(let level, let text)):
      (level >= .warning ? style.warn("modem      ") : style.dim("modem      ")) + text
    case .modem(.received), .modem(.receptionErrors), .modem(.noiseFloor): nil
    case .notice(let level, let message, let fields):
      notice(level, message, fields)
    }
  }

  private func notice(_ level: LogLevel, _ message: String, _ fields: [LogRecord.Field]) -> String?
  {
    let line = ([message] + fields.map { "\($0.name) \($0.value.text)" }).joined(separator: "  ")
    return switch level {
    case .debug: nil
    case .info: style.dim("node       \(line)")
    case .warning: style.warn("warning    ") + line
    case .error: style.bad("error      ") + line
    }
  }

  private mutating func heard(_ frame: ReceivedFrame, _ verdict: Verdict) -> String? {
    let signal = frame.snrQuarterDB.map { ", \(Double($0) / 4) dB" } ?? ""
    guard let packet = try? Packet(parsing: frame.bytes) else {
      return style.dim(
        "heard      \(frame.bytes.count) bytes that are no packet (\(verdict.reason))\(signal)")
    }
    let what = describe(packet) + signal
    switch verdict {
    case .relayed: return style.good("heard      ") + what + ": relays it"
    case .consumed(let consumption): return style.good("heard      ") + what + ": \(consumption)"
    case .held: return style.dim("heard      \(what): waits for a better copy")
    case .dropped(let reason): return style.dim("heard      \(what): \(reason.name)")
    case .rejected(let error): return style.dim("heard      \(what): \(error.rawValue)")
    }
  }

  /// What a packet is, whom it is from as far as it says, and which way it has come.
  private mutating func describe(_ packet: Packet) -> String {
    var text = "\(packet.payloadType)"
    if packet.payloadType == .advert, let advert = Advert(parsing: packet.payload) {
      if let name = advert.data?.name, advert.isSignatureValid {
        names.learn(advert.publicKey, name: name)
      }
      text += " of \(names.name(of: advert.publicKey.bytes))"
    }
    if packet.payloadType == .trace {
      return text + " with \(packet.signals.count) signals"
    }
    let hops = packet.hops.map { names.name(ofPrefix: $0) }
    guard !hops.isEmpty else { return text + (packet.route.isFlood ? " at first hand" : "") }
    return text + (packet.route.isFlood ? " via " : " for ") + hops.joined(separator: " › ")
  }

  private func transmit(_ event: TransmitEvent) -> String? {
    let line = event.fields.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    switch event {
    case .sent(let report):
      let verb = report.origin == .relay ? "relayed    " : "sent       "
      return style.send(verb)
        + "\(report.label.type) \(report.label.route), \(report.airtime.forReading) on air "
        + "after \(report.delay.forReading)"
    case .dropped(let label, let reason):
      return style.dim("dropped    \(label.type) \(label.route): \(reason.rawValue)")
    default:
      let text = "\(event.message) \(line)"
      switch event.level {
      case .debug, .info: return style.dim("radio      \(text)")
      case .warning: return style.warn("radio      ") + text
      case .error: return style.bad("radio      ") + text
      }
    }
  }
}
