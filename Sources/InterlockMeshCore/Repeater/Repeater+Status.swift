internal import Interlock
internal import InterlockRadio

/// What the remote administration is told about the node.
extension Repeater {
  func adminView() -> AdminView {
    let readings = host?.readings() ?? AdminReadings()
    let (time, now) = (unixTime(), clock.now)
    return state.withLock { state in
      AdminView(
        configuration: state.machine.configuration, profile: state.profile,
        radio: state.machine.delays.settings, readings: readings,
        neighbours: state.machine.neighbours.neighbours, publicKey: state.machine.publicKey,
        hasGuestPassword: state.machine.administration?.passwords.guest != nil, unixTime: time,
        now: now)
    }
  }

  /// Counters since they were last cleared, and levels, as a status request is answered.
  public func status() -> AdminStatus {
    // In this order: counters only grow, so what is taken later is never less.
    let base = state.withLock { $0.clearedStatus }
    return totalStatus().counted(since: base)
  }

  func clearStatus() {
    let total = totalStatus()
    state.withLock { $0.clearedStatus = total }
  }

  private func totalStatus() -> AdminStatus {
    let radio = pipeline.snapshot()
    let readings = host?.readings() ?? AdminReadings()
    let now = clock.now
    var status = AdminStatus()
    status.batteryMillivolts = readings.batteryMillivolts ?? 0
    status.noiseFloorDBm = readings.noiseFloorDBm ?? 0
    status.receiveErrors = readings.receiveErrors
    status.queued = radio.pending
    status.sent = radio.counters.sent
    status.sentFlood = radio.counters.sentFlood
    status.sentDirect = radio.counters.sentDirect
    status.transmitSeconds = radio.counters.airtimeSent.components.seconds
    status.receiveSeconds = radio.airtimeTotals.received.components.seconds
    status.queueFullCount =
      radio.counters.refused[.queueFull] + radio.counters.dropped[.queueFull]
    status.channelBusyCount = radio.counters.listenExhausted
    if radio.isRadioDown { status.errors.insert(.radioStuck) }
    state.withLock { state in
      let counters = state.machine.counters
      status.received = counters.received
      status.receivedFlood = counters.receivedFlood
      status.receivedDirect = counters.receivedDirect
      status.floodDuplicates = counters.duplicateFlood
      status.directDuplicates = counters.duplicateDirect
      status.lastSNRQuarterDB = state.machine.lastSignal.snrQuarterDB ?? 0
      status.lastRSSIDBm = state.machine.lastSignal.rssiDBm ?? 0
      status.uptimeSeconds = state.startedAt.duration(to: now).components.seconds
    }
    return status
  }
}

extension AdminView {
  /// Voltage of channel 1 in hundredths of a volt, in the Cayenne low-power payload; nothing if unknown.
  var telemetry: [UInt8] {
    guard let millivolts = readings.batteryMillivolts else { return [] }
    let hundredths = (Int(millivolts) + 5) / 10
    return [
      1, 0x74, UInt8(truncatingIfNeeded: hundredths >> 8), UInt8(truncatingIfNeeded: hundredths),
    ]
  }
}
