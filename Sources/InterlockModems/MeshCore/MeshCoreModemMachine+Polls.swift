internal import Interlock
internal import InterlockRadio

/// When noise floor and statistics are asked for next, and what they were last.
struct PollSchedule: Sendable {
  private(set) var due: Instant?
  private var interval: Duration?
  /// The questions of the present round that have not been asked.
  private(set) var questions: [HardwareRequest] = []
  private var errors: UInt32?
  private var silent = 0

  mutating func start(interval: Duration?, at now: Instant) {
    self.interval = interval
    due = interval == nil ? nil : now
  }

  /// The next question, when one is due.
  mutating func next(at now: Instant) -> HardwareRequest? {
    guard let interval, let due, due <= now else { return nil }
    if questions.isEmpty { questions = [.noiseFloor, .statistics] }
    let question = questions.removeFirst()
    if questions.isEmpty { self.due = now.advanced(by: interval) }
    return question
  }

  /// Takes the count of damaged receptions.
  ///
  /// - Returns: how many are new since the last one; nil when none or unknown.
  mutating func newErrors(_ total: UInt32) -> Int? {
    defer { errors = total }
    // A count below the last one means that the modem has restarted.
    guard let errors, total > errors else { return nil }
    return Int(total - errors)
  }

  /// Takes note of an answer, or of its absence.
  ///
  /// - Returns: whether the device has been silent for too long.
  mutating func answered(_ isAnswered: Bool) -> Bool {
    silent = isAnswered ? 0 : silent + 1
    return silent >= MeshCoreModemTiming.deadAfterSilentPolls
  }
}

extension MeshCoreModemMachine {
  /// Asks for statistics, but never while a transmission or another command waits for an answer.
  mutating func pollIfDue(at now: Instant) {
    guard isReady, command == nil, transmission == nil, orphan == nil,
      let question = polls.next(at: now)
    else { return }
    send(question, for: .poll, limit: MeshCoreModemTiming.command, at: now)
  }

  mutating func pollAnswered(_ reply: HardwareReply?, at now: Instant) {
    _ = polls.answered(true)
    switch reply {
    case .noiseFloor(let dBm)?: actions.append(.event(.noiseFloor(dBm: Int(dBm))))
    case .statistics(_, _, let errors)?:
      if let new = polls.newErrors(errors) { actions.append(.event(.receptionErrors(new))) }
      let damaged = takeFramingErrors()
      if damaged > 0 {
        let text = "\(damaged) damaged KISS frames from \(linkName) were discarded"
        actions.append(.event(.notice(.warning, text)))
      }
    default: break
    }
    pollIfDue(at: now)
  }

  mutating func pollTimedOut(at now: Instant) {
    guard polls.answered(false) else { return pollIfDue(at: now) }
    closeLink(.init(.timedOut, "\(linkName) answers no more"))
  }
}
