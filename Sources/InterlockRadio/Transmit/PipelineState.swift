internal import Interlock

/// The machine of a pipeline with all that has to change in the same step as it.
struct PipelineState: Sendable {
  /// Whom to tell how a packet ended.
  ///
  /// A struct, because a bare function is wrapped anew each time it goes into a dictionary or comes
  /// out of it.
  struct Completion: Sendable {
    let tell: @Sendable (TransmitReport) -> Void
  }

  /// Something to be told, outside the lock.
  enum Delivery: Sendable {
    case finished(Completion, TransmitReport)
    case event(TransmitEvent)
    /// All of it has been told: these have waited for that.
    case caughtUp([CheckedContinuation<Void, Never>])
  }

  var machine: TransmitMachine
  /// What the modem is to be set to, and what airtimes are computed from.
  private var settings: ModemSettings
  private(set) var isRunning = false
  private var modeRevision: UInt64 = 0
  private var latest = Instant(nanoseconds: .min)
  private var completions: [TransmitID: Completion] = [:]
  private var isDelivering = false
  private var tellingWaiters: [CheckedContinuation<Void, Never>] = []
  private var stopWaiters: [CheckedContinuation<Void, Never>] = []

  init(machine: TransmitMachine, settings: ModemSettings) {
    self.machine = machine
    self.settings = settings
  }

  /// Readings of several threads may arrive out of order; the machine's time never goes back.
  mutating func observe(_ now: Instant) -> Instant {
    latest = max(latest, now)
    return latest
  }

  mutating func submit(
    _ request: TransmitRequest, _ onFinished: (@Sendable (TransmitReport) -> Void)?,
    at now: Instant
  ) -> Submission {
    let submission = machine.submit(request, at: now)
    if let onFinished, case .accepted(let id) = submission {
      completions[id] = Completion(tell: onFinished)
    }
    return submission
  }

  /// Takes a mode unless a later one is in force.
  mutating func setMode(_ mode: TransmitMode, revision: UInt64, at now: Instant) {
    guard revision >= modeRevision else { return }
    modeRevision = revision
    machine.setMode(mode, at: now)
  }

  // MARK: Settings

  /// The modem has taken these.
  mutating func settingsChanged(to settings: ModemSettings, timing: ModemTiming) {
    self.settings = settings
    machine.settingsChanged(to: settings.lora, timing: timing)
  }

  /// What a modem that is being re-initialised has to be told because nobody knows what it has taken;
  /// nil if that is known, or the call was given up.
  func settingsToRestore(in call: UInt64) -> ModemSettings? {
    machine.mustRestoreSettings(in: call) ? settings : nil
  }

  // MARK: Telling others

  /// The next thing to be told, if this caller is to tell it; nil when nothing is left.
  ///
  /// One caller at a time tells, in order; it asks again until nothing is left. Whoever comes
  /// meanwhile, from within what it calls too, leaves its share to it: so a completion that submits
  /// the next packet neither recurses nor waits.
  mutating func nextDelivery(continuing: Bool) -> Delivery? {
    guard continuing || !isDelivering else { return nil }
    isDelivering = true
    while let effect = machine.nextEffect() {
      switch effect {
      case .event(let event):
        return .event(event)
      case .finished(let id, let report):
        if let completion = completions.removeValue(forKey: id) {
          return .finished(completion, report)
        }
      }
    }
    guard tellingWaiters.isEmpty else {
      defer { tellingWaiters = [] }
      return .caughtUp(tellingWaiters)
    }
    isDelivering = false
    return nil
  }

  /// Waits until whoever is telling has nothing left to tell; false when nobody is.
  mutating func awaitTelling(_ waiter: CheckedContinuation<Void, Never>) -> Bool {
    guard isDelivering else { return false }
    tellingWaiters.append(waiter)
    return true
  }

  // MARK: Running

  /// Begins a run, unless there is one.
  mutating func begin() -> Bool {
    guard !isRunning else { return false }
    isRunning = true
    machine.restart()
    return true
  }

  /// Ends a run; those returned have been waiting for it.
  mutating func end(at now: Instant) -> [CheckedContinuation<Void, Never>] {
    isRunning = false
    machine.stopped(at: now)
    defer { stopWaiters = [] }
    return stopWaiters
  }

  /// Waits for the end of the run; false when there is none.
  mutating func awaitEnd(_ waiter: CheckedContinuation<Void, Never>) -> Bool {
    guard isRunning else { return false }
    stopWaiters.append(waiter)
    return true
  }
}
