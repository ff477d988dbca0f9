internal import Interlock
internal import InterlockRadio

/// What one lock of a repeater guards: its machine, and when it announces itself.
struct RepeaterState {
  var machine: RepeaterMachine
  private(set) var profile: AdvertProfile
  /// What the counters of the status showed when they were last cleared.
  var clearedStatus = AdminStatus()
  let startedAt: Instant
  /// How often the mode was set: whoever hears of two of them in the wrong order can tell.
  private(set) var modeRevision: UInt64 = 0
  private var schedule: AdvertSchedule
  private var generator: SeededGenerator
  /// Receivers take an advert only if it is newer than the last.
  private var lastTimestamp: UInt32 = 0
  private var isRunning = false

  /// What a step brought about, to be done after the lock is left.
  struct Outcome {
    var decided: [(Verdict, ReceivedFrame)] = []
    var actions: [RepeaterAction] = []
    var announcement: AdvertSchedule.Reach?
    /// The modulation to return to.
    var restoredRadio: LoRaSettings?
    var nextDeadline: Instant?
    var heldCount = 0
  }

  init(machine: RepeaterMachine, profile: AdvertProfile, seed: UInt64, at now: Instant) {
    self.machine = machine
    self.profile = profile
    startedAt = now
    generator = SeededGenerator(seed: seed)
    schedule = AdvertSchedule(
      zeroHopInterval: profile.zeroHopInterval, floodInterval: profile.floodInterval, at: now,
      using: &generator)
  }

  mutating func receive(_ frame: ReceivedFrame, at now: Instant) -> (Verdict, [RepeaterAction]) {
    let verdict = machine.receive(frame, at: now)
    return (verdict, takeActions())
  }

  /// Does what is due.
  mutating func wake(at now: Instant) -> Outcome {
    var outcome = Outcome()
    while let woken = machine.wake(at: now) { outcome.decided.append((woken.verdict, woken.frame)) }
    outcome.announcement = schedule.takeDue(at: now, using: &generator)
    outcome.actions = takeActions()
    outcome.restoredRadio = machine.administration?.takeDueRadio(at: now)
    outcome.nextDeadline = [
      machine.nextDeadline, schedule.nextDeadline, machine.administration?.temporaryRadio?.until,
    ].compactMap(\.self).min()
    outcome.heldCount = machine.heldCount
    return outcome
  }

  mutating func takeActions() -> [RepeaterAction] {
    var actions: [RepeaterAction] = []
    while let action = machine.nextAction() { actions.append(action) }
    return actions
  }

  /// What the next advert says, and a time later than that of the last.
  mutating func nextAdvert(unixTime: UInt32) -> (AdvertData, timestamp: UInt32) {
    lastTimestamp = max(unixTime, lastTimestamp == .max ? .max : lastTimestamp + 1)
    return (profile.data, lastTimestamp)
  }

  /// Puts another configuration in force.
  ///
  /// Its mode counts only if none was set since `revision`; nil if it is not meant to be set.
  mutating func setConfiguration(_ new: RepeaterConfiguration, modeDecidedAt revision: UInt64?) {
    let mode = machine.configuration.mode
    machine.setConfiguration(new)
    setMode(revision == modeRevision ? new.mode : mode, counts: revision == modeRevision)
  }

  mutating func setMode(_ mode: TransmitMode) { setMode(mode, counts: true) }

  private mutating func setMode(_ mode: TransmitMode, counts: Bool) {
    var configuration = machine.configuration
    configuration.mode = mode
    machine.setConfiguration(configuration)
    if counts { modeRevision += 1 }
  }

  mutating func setProfile(_ profile: AdvertProfile, at now: Instant) {
    let isSameSchedule =
      profile.zeroHopInterval == self.profile.zeroHopInterval
      && profile.floodInterval == self.profile.floodInterval
    self.profile = profile
    guard !isSameSchedule else { return }
    schedule = AdvertSchedule(
      zeroHopInterval: profile.zeroHopInterval, floodInterval: profile.floodInterval, at: now,
      using: &generator)
  }

  mutating func begin() -> Bool {
    defer { isRunning = true }
    return !isRunning
  }

  mutating func end() { isRunning = false }
}
