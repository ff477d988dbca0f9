internal import Glibc
package import Interlock

/// Decides what is done with a program that runs under a lease, and with the signals that come meanwhile.
///
/// A pure machine, without a clock or IO: it is told what happened, and says what is to be done.
///
/// ```text
/// idle ──started──▶ running ──lost, or its end is near──▶ ending ──kill-after──▶ killing
///                      │                                     └──────ended─────┐     │
///                      └──ended──▶ over ◀──group gone── sweeping ◀────────────┴─ended
/// ```
///
/// - A signal that comes is passed on to the program's process group.
/// - A lease that is lost ends the program: SIGTERM to its group, SIGKILL after a while.
/// - A lease that is not renewed has an end that is known in advance. SIGTERM then comes so long before that the program
///   may use all of that while, but not before half the term has passed, and SIGKILL shortly before the end.
/// - What the program started and left in its group is killed before such an end is reported.
/// - One that is stopped from its terminal stops whoever supervises it, so that a shell has its job back. A stop by
///   SIGSTOP is somebody else's affair: the lease is held on.
///
/// *Complexity:* constant.
package struct SupervisionMachine: Sendable, Hashable {
  /// What happened.
  package enum Event: Sendable, Hashable {
    /// The program runs, under a lease with such terms; nil for one without.
    case started(term: Duration?)
    /// It has ended; what else is in its group may still run.
    case ended(ProgramEnd)
    /// A signal stopped it.
    case stopped(by: Int32)
    /// A signal came to whoever supervises.
    case received(Int32)
    /// The lease is lost.
    case lost
    /// Until when the lease is valid unless it is renewed; nil when it does not end by time, or nobody can tell now.
    case valid(until: Instant?)
    /// Whoever wanted it does so no longer.
    case abandoned
    /// Nobody is left in its group.
    case groupGone
    /// Time has passed.
    case advanced
  }

  /// What is to be done.
  package enum Command: Sendable, Hashable {
    /// Tell whoever waits for the program to start that a signal came.
    case interrupt(Int32)
    /// Send a signal to the group.
    case signal(Int32)
    /// Let the group go on, and have the terminal if this process has it.
    case resume
    /// Stop this process, until somebody has it go on.
    case suspend
    /// Tell the program that its lease is lost.
    case tellLoss
    /// Take note of the program's end, so that only the rest of its group is left.
    case reap
    /// See whether anybody is left in its group.
    case look
    /// Send a signal of the terminal to this process's group too, if the program's was in the foreground instead.
    case spread(Int32)
    /// Report.
    case finish(SupervisionEnd)
  }

  /// What a lost lease does.
  package enum Policy: Sendable, Hashable {
    /// It ends the program.
    case terminate
    /// It is told to the program, which goes on.
    case notify
  }

  /// How things stand.
  package enum State: Sendable, Hashable {
    /// No program has been started.
    case idle
    case running
    /// It was asked to end, and is killed at `killAt`; earlier when its lease ends earlier, for a `planned` end.
    case ending(killAt: Instant, isPlanned: Bool)
    case killing
    /// It has ended; the rest of its group was killed, and is looked for until `giveUpAt`.
    case sweeping(ProgramEnd, lookAt: Instant, step: Duration, giveUpAt: Instant)
    case over
  }

  /// How long before the end of a lease everything is killed.
  private static let margin = Duration.milliseconds(50)
  private static let looksInTerm = 6
  private static let firstLook = Duration.milliseconds(1)
  /// A process that was killed may stay on for a while inside the kernel, or, where nobody takes note of it, for ever.
  private static let patience = Duration.seconds(1)

  /// How things stand.
  package private(set) var state = State.idle
  private let policy: Policy
  private let killAfter: Duration
  private var term: Duration?
  private var validUntil: Instant?
  /// Whether the lease is lost, or the program was ended because it soon would be.
  private var isLeaseOver = false
  /// What was passed on.
  private var forwarded: Set<Int32> = []

  /// Nothing runs yet.
  ///
  /// - Parameters:
  ///   - policy: What a lost lease does.
  ///   - killAfter: From SIGTERM to SIGKILL.
  package init(policy: Policy, killAfter: Duration) {
    self.policy = policy
    self.killAfter = max(.zero, killAfter)
  }

  /// When ``Event/advanced`` has something to do next; nil when nothing comes by time alone.
  package var nextDeadline: Instant? {
    switch state {
    case .idle, .killing, .over: nil
    case .running: plannedEnd
    case .ending(let killAt, let isPlanned): isPlanned ? min(killAt, plannedKill ?? killAt) : killAt
    case .sweeping(_, let lookAt, _, let giveUpAt): min(lookAt, giveUpAt)
    }
  }

  /// When the group is to be killed even if this process cannot do it; nil for never.
  ///
  /// Shortly before the end of the lease as it is known now: to be read anew at least every ``lookEvery``.
  package var lastResort: Instant? {
    switch state {
    case .running, .ending, .killing: lastResort(term: term, validUntil: validUntil)
    case .idle, .sweeping, .over: nil
    }
  }

  /// The same for a program that is about to be started.
  package func lastResort(term: Duration?, validUntil: Instant?) -> Instant? {
    guard policy == .terminate, term != nil else { return nil }
    return validUntil?.advanced(by: .zero - Self.margin)
  }

  /// How long the end of a lease may stand as it was told: not to be long behind a renewal.
  package var lookEvery: Duration? { lastResort == nil ? nil : term.map { $0 / Self.looksInTerm } }

  /// Takes what happened.
  ///
  /// - Parameters:
  ///   - event: What.
  ///   - now: The present instant.
  /// - Returns: what is to be done, in order.
  package mutating func handle(_ event: Event, at now: Instant) -> [Command] {
    switch event {
    case .started(let term): return started(term: term, at: now)
    case .ended(let end): return ended(end, at: now)
    case .stopped(let signal): return stopped(by: signal)
    case .received(let signal): return received(signal)
    case .lost: return lost(at: now)
    case .valid(let until):
      // One with a term always has an end; when it cannot be told, the last one that could stands.
      if until != nil || term == nil { validUntil = until }
      return []
    case .abandoned:
      guard state == .running else { return [] }
      return terminate(at: now, isPlanned: false)
    case .groupGone:
      guard case .sweeping(let end, _, _, _) = state else { return [] }
      return finish(end)
    case .advanced: return advanced(to: now)
    }
  }

  /// When it is asked to end because its lease will; nil for not at all.
  private var plannedEnd: Instant? {
    guard policy == .terminate, let validUntil, let kill = plannedKill else { return nil }
    let half = term.map { validUntil.advanced(by: .zero - $0 / 2) } ?? validUntil
    let early = validUntil.advanced(by: .zero - killAfter)
    return min(kill, term == nil ? early : max(early, half))
  }

  /// When everything is killed because its lease is about to end.
  private var plannedKill: Instant? {
    guard policy == .terminate else { return nil }
    return validUntil?.advanced(by: .zero - Self.margin)
  }

  private mutating func started(term: Duration?, at now: Instant) -> [Command] {
    guard state == .idle else { return [] }
    self.term = term
    state = .running
    // Lost between the grant and the start: told again, now that there is somebody to tell.
    return isLeaseOver ? lost(at: now) : []
  }

  private mutating func ended(_ end: ProgramEnd, at now: Instant) -> [Command] {
    switch state {
    case .running: return finish(end)
    case .ending, .killing:
      state = .sweeping(
        end, lookAt: now.advanced(by: Self.firstLook), step: Self.firstLook,
        giveUpAt: now.advanced(by: Self.patience))
      return [.signal(SIGKILL), .reap, .look]
    case .idle, .sweeping, .over: return []
    }
  }

  private func stopped(by signal: Int32) -> [Command] {
    switch state {
    case .running: [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) ? [.suspend] : []
    // It could not do what it was asked to.
    case .ending: [.signal(SIGCONT)]
    case .idle, .killing, .sweeping, .over: []
    }
  }

  private mutating func received(_ signal: Int32) -> [Command] {
    switch state {
    case .idle:
      if signal == SIGTSTP { return [.suspend] }
      return [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal) ? [.interrupt(signal)] : []
    case .running, .ending:
      forwarded.insert(signal)
      return signal == SIGCONT ? [.resume] : [.signal(signal)]
    case .killing, .sweeping, .over: return []
    }
  }

  private mutating func lost(at now: Instant) -> [Command] {
    isLeaseOver = true
    switch state {
    case .idle, .sweeping, .over: return []
    case .killing: return [.tellLoss]
    case .ending(let killAt, _):
      // What was planned for the end of the lease counts; a lost one has no other.
      let deadline = min(killAt, nextDeadline ?? killAt)
      state = .ending(killAt: deadline, isPlanned: false)
      return [.tellLoss]
    case .running:
      return [.tellLoss] + (policy == .notify ? [] : terminate(at: now, isPlanned: false))
    }
  }

  private mutating func advanced(to now: Instant) -> [Command] {
    guard let deadline = nextDeadline, now >= deadline else { return [] }
    switch state {
    case .idle, .killing, .over: return []
    case .running:
      isLeaseOver = true
      if let kill = plannedKill, now >= kill { return killAll() }
      return terminate(at: now, isPlanned: true)
    case .ending: return killAll()
    case .sweeping(let end, _, let step, let giveUpAt):
      if now >= giveUpAt { return finish(end) }
      state = .sweeping(
        end, lookAt: now.advanced(by: step * 2), step: step * 2, giveUpAt: giveUpAt)
      return [.look]
    }
  }

  /// Asks it to end, and wakes it if it is stopped.
  private mutating func terminate(at now: Instant, isPlanned: Bool) -> [Command] {
    state = .ending(killAt: now.advanced(by: killAfter), isPlanned: isPlanned)
    return [.signal(SIGTERM), .signal(SIGCONT)]
  }

  private mutating func killAll() -> [Command] {
    state = .killing
    return [.signal(SIGKILL)]
  }

  private mutating func finish(_ end: ProgramEnd) -> [Command] {
    state = .over
    // A key that ends a job ends all of it: a script that waits for us is not in the group that had the signal.
    let isKey =
      [.killed(SIGINT), .killed(SIGQUIT)].contains(end) && !forwarded.contains(end.signal)
    return (isKey ? [.spread(end.signal)] : [])
      + [.finish(SupervisionEnd(program: end, isLeaseOver: isLeaseOver))]
  }
}

extension ProgramEnd {
  /// The signal that ended it; 0 when none did.
  fileprivate var signal: Int32 {
    if case .killed(let signal) = self { signal } else { 0 }
  }
}

/// What became of a supervised program.
package struct SupervisionEnd: Sendable, Hashable {
  /// How it ended.
  package let program: ProgramEnd
  /// Whether its lease was lost meanwhile, or it was ended because it soon would have been.
  package let isLeaseOver: Bool

  /// An end.
  package init(program: ProgramEnd, isLeaseOver: Bool) {
    self.program = program
    self.isLeaseOver = isLeaseOver
  }
}
