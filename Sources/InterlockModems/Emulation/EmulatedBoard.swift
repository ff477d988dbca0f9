package import Interlock

/// Runs an `EmulatedKISSModem` on a link to a host, a clock, and an air it shares with others.
package final class EmulatedBoard: Sendable {
  private struct State {
    var modem: EmulatedKISSModem
    var outbox: [UInt8] = []
    var mustRestart = false
  }

  private let state: Guarded<State>
  private let air: EmulatedAir
  private let clock: any MonotonicClock
  private let outputBell = Doorbell()
  private let timeBell = Doorbell()

  /// Puts a modem on the air.
  package init(_ modem: EmulatedKISSModem, air: EmulatedAir, clock: any MonotonicClock) {
    state = Guarded(State(modem: modem))
    self.air = air
    self.clock = clock
    air.join(self)
  }

  /// The modem as it is now.
  package var modem: EmulatedKISSModem { state.withLock { $0.modem } }

  /// Serves the host on one link, until the link ends, the modem restarts or the task is cancelled.
  ///
  /// - Throws: what the link throws; nothing when the modem restarts.
  package func serve(_ link: any ByteLink) async throws {
    state.withLock { state in
      state.outbox.removeAll()
      state.mustRestart = false
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.readAll(link) }
      group.addTask { try await self.writeAll(link) }
      group.addTask { try await self.keepTime() }
      defer {
        group.cancelAll()
        link.close()
      }
      try await group.next()
    }
  }

  /// Takes one step of the modem, such as a frame it hears, and does what it asks for.
  package func step(_ body: (inout EmulatedKISSModem, Instant) -> Void) {
    let now = clock.now
    let actions = state.withLock { state in
      body(&state.modem, now)
      let actions = state.modem.takeActions()
      for case .write(let bytes) in actions { state.outbox += bytes }
      if actions.contains(.restart) { state.mustRestart = true }
      return actions
    }
    outputBell.ring()
    timeBell.ring()
    for action in actions {
      switch action {
      case .write, .restart: break
      case .transmitBegan(_, let end): air.began(by: self, until: end)
      case .transmitEnded(let frame): air.ended(frame, by: self)
      }
    }
  }

  private func readAll(_ link: any ByteLink) async throws {
    while true {
      let bytes = try await link.read(upTo: 4096)
      if bytes.isEmpty { return }
      step { modem, now in modem.receive(bytes, at: now) }
    }
  }

  private func writeAll(_ link: any ByteLink) async throws {
    while true {
      outputBell.hush()
      let (bytes, isLast) = state.withLock { state in
        defer { state.outbox.removeAll() }
        return (state.outbox, state.mustRestart)
      }
      if !bytes.isEmpty { try await link.write(bytes) }
      if isLast { return }
      if bytes.isEmpty, case .cancelled = await outputBell.wait() { throw CancellationError() }
    }
  }

  private func keepTime() async throws {
    while true {
      timeBell.hush()
      let alarm = state.withLock { $0.modem.nextDeadline } ?? .distantFuture
      if alarm > clock.now {
        await timeBell.wait(until: alarm, on: clock)
        try Task.checkCancellation()
      } else {
        step { modem, now in modem.timePassed(at: now) }
      }
    }
  }
}
