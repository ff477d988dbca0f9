internal import Interlock

// The one task that sends.
extension TransmitPipeline {
  /// Takes one packet after the other through the section until it is told to stop.
  func consume() async {
    while true {
      bell.hush()
      let work = step { state, now in state.machine.poll(at: now) }
      deliver()
      switch work {
      case .wait(let until):
        await bell.wait(until: until, on: clock)
      case .takeSection:
        do {
          // A change of settings may take longer than a stop may: look again now and then.
          let deadline = clock.now.advanced(by: commandLimit)
          try await section.withLock(until: deadline) { session in await occupy(&session) }
        } catch let error as AdmissionError {
          guard case .queueFull = error.reason else { continue }
          await bell.wait(until: clock.now.advanced(by: commandLimit), on: clock)
        } catch {
          preconditionFailure("the consumer was cancelled, which nobody may: \(error)")
        }
      case .stop:
        return
      }
    }
  }

  /// Carries one packet from the gate to its debit, or re-initialises the modem.
  private func occupy(_ session: inout ModemSession) async {
    bell.hush()
    var next = step { state, now in state.machine.enter(at: now) }
    while true {
      deliver()
      switch next {
      case .record(let call):
        session.begin { [weak self] _ in
          guard let self else { return }
          await record(ledger)
          change { state, now in state.machine.recorded(call, at: now) }
        }
      case .listen(let call):
        session.begin { [weak self] modem in
          // A modem that cannot tell is no reason to be silent; a broken one fails at sending.
          let activity = try? await modem.channelActivity()
          self?.change { state, now in state.machine.heard(call, activity, at: now) }
        }
      case .send(let call):
        session.begin { [weak self] modem in
          guard let frame = self?.change({ $0.machine.launch(call, at: $1) }) else { return }
          let outcome = await modem.transmit(frame, sequence: call)
          self?.change { state, now in state.machine.completed(call, outcome, at: now) }
        }
      case .reset(let call):
        session.begin { [weak self] modem in
          var failure: ModemError?
          do throws(ModemError) {
            try await modem.reset()
            let settings = self?.state.withLock { $0.settingsToRestore(in: call) }
            if let settings { try await modem.apply(settings) }
          } catch {
            failure = error
          }
          self?.change { [failure] state, now in
            state.machine.resetEnded(call, error: failure, at: now)
          }
        }
      case .wait(let until):
        await bell.wait(until: until, on: clock)
      case .leave:
        return session.end()
      }
      bell.hush()
      next = step { state, now in state.machine.step(at: now) }
    }
  }
}
