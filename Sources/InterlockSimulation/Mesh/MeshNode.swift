internal import Interlock
internal import InterlockCrypto
internal import InterlockMeshCore
internal import InterlockRadio

/// One node of a simulated mesh: its machines, and where their driver stands.
///
/// The driver does what the transmit pipeline and the repeater's façade do, without waiting for
/// anything: the world calls it whenever there is something to do.
struct MeshNode: Sendable {
  let radio: RadioID
  let identity: Identity
  private var transmit: TransmitMachine
  /// Only a repeater has one.
  private var repeater: RepeaterMachine?

  /// Whether the exclusive section of its radio is held.
  private var holdsSection = false
  /// The call of the machine that waits for a transmission on the air to end.
  private var sending: (number: UInt64, call: UInt64)?
  /// What to forget if an accepted packet is never sent.
  private var seenKeys: [TransmitID: SeenKey] = [:]
  /// When the world looks at it again; nil when only events wake it.
  private var plannedWake: Instant?

  /// Packets sent, to find one that is sent twice.
  private var sent: Set<PacketHash> = []
  private(set) var repeatedRelays = 0
  private(set) var dropped = 0
  private(set) var longestQueue = 0
  /// Packets accepted and not finished.
  private var pending = 0

  init(radio: RadioID, role: MeshPlan.Role, plan: MeshPlan, start: Instant, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    self.radio = radio
    identity = Identity.generate {
      let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &seeds) }
      return SecretBytes(bytes.span)
    }
    transmit = TransmitMachine(
      lora: plan.modem.lora, ledger: AirtimeLedger(policy: plan.dutyCycle, at: start),
      policy: plan.transmit, seed: seeds.next())
    switch role {
    case .companion: break
    case .repeater:
      repeater = RepeaterMachine(
        configuration: plan.repeater, publicKey: identity.publicKey, settings: plan.modem.lora,
        seed: seeds.next())
    }
  }

  /// What its repeater counted; nil for a companion.
  var counters: RepeaterCounters? { repeater?.counters }
  var isRepeater: Bool { repeater != nil }

  // MARK: What happens to it

  /// Its repeater heard a frame.
  mutating func receive(_ frame: ReceivedFrame, at now: Instant) {
    _ = repeater?.receive(frame, at: now)
  }

  /// A packet of its own is to be sent.
  mutating func submit(_ request: TransmitRequest, at now: Instant) {
    submit(request, seenKey: nil, at: now)
  }

  /// Its transmission is over.
  mutating func finished(_ number: UInt64, _ onAir: AirInterval, at now: Instant) {
    guard let sending, sending.number == number else { return }
    self.sending = nil
    transmit.completed(sending.call, .sent(onAir: onAir), at: now)
  }

  /// The time it asked for has come; false if it has asked for an earlier one since.
  mutating func wake(due: Instant, at now: Instant) -> Bool {
    guard plannedWake == due else { return false }
    plannedWake = nil
    while repeater?.wake(at: now) != nil {}
    return true
  }

  // MARK: What it does

  /// Does all it can do now.
  ///
  /// - Returns: when it wants to be woken; nil when that is planned already or not needed.
  mutating func drive(_ medium: inout MeshMedium, at now: Instant) -> Instant? {
    while let action = repeater?.nextAction() {
      if case .transmit(let outgoing) = action {
        submit(TransmitRequest(outgoing), seenKey: outgoing.seenKey, at: now)
      }
    }
    let transmitWake = driveTransmit(&medium, at: now)
    takeEffects()
    guard let wake = [transmitWake, repeater?.nextDeadline].compactMap(\.self).min() else {
      return nil
    }
    if let plannedWake, plannedWake <= wake { return nil }
    plannedWake = wake
    return wake
  }

  /// Follows the transmit machine until it waits; tells until when.
  private mutating func driveTransmit(_ medium: inout MeshMedium, at now: Instant) -> Instant? {
    while true {
      let step: TransmitStep
      if holdsSection {
        step = transmit.step(at: now)
      } else {
        switch transmit.poll(at: now) {
        case .wait(let until): return until
        case .stop: return nil
        case .takeSection: break
        }
        holdsSection = true
        step = transmit.enter(at: now)
      }
      switch step {
      case .record(let call):
        transmit.recorded(call, at: now)
      case .listen(let call):
        transmit.heard(call, medium.air.activity(at: radio, now), at: now)
      case .send(let call):
        send(call, &medium, at: now)
      case .reset(let call):
        transmit.resetEnded(call, error: nil, at: now)
      case .wait(let until):
        return until
      case .leave:
        holdsSection = false
      }
    }
  }

  private mutating func send(_ call: UInt64, _ medium: inout MeshMedium, at now: Instant) {
    guard let frame = transmit.launch(call, at: now) else { return }
    guard let number = medium.transmit(frame, from: radio, at: now) else {
      let error = ModemError(.busy, "the radio already sends")
      return transmit.completed(call, .notSent(error), at: now)
    }
    sending = (number, call)
    // What a machine sends is well formed.
    if let packet = try? Packet(parsing: frame), !sent.insert(packet.packetHash).inserted {
      repeatedRelays += 1
    }
  }

  private mutating func submit(
    _ request: TransmitRequest, seenKey: SeenKey?, at now: Instant
  ) {
    switch transmit.submit(request, at: now) {
    case .accepted(let id):
      if let seenKey { seenKeys[id] = seenKey }
      pending += 1
      longestQueue = max(longestQueue, pending)
    case .refused:
      dropped += 1
      if let seenKey { repeater?.neverSent(seenKey) }
    }
    takeEffects()
  }

  /// Learns how accepted packets ended.
  private mutating func takeEffects() {
    while let effect = transmit.nextEffect() {
      guard case .finished(let id, let report) = effect else { continue }
      pending -= 1
      let seenKey = seenKeys.removeValue(forKey: id)
      switch report.result {
      case .sent, .unknown: break
      case .failed, .dropped:
        dropped += 1
        if let seenKey { repeater?.neverSent(seenKey) }
      }
    }
  }
}
