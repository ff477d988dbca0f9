internal import Glibc
internal import Synchronization

/// The schedule that the environment of this process asks for, and whom it has met.
enum EnvironmentReplay {
  private static let ledger = Mutex(ReplayLedger())

  /// The end of the process is watched from the first exploration on that asks.
  private static let endIsWatched: Void = {
    atexit { EnvironmentReplay.tellTheEnd() }
  }()

  /// Notes that there is an exploration of this name in this file.
  ///
  /// - Returns: whether `schedule` is of it. One of another build of the same file is: its run tells what is wrong.
  static func meet(_ schedule: NamedSchedule, name: String, file: String) -> Bool {
    guard schedule.name == name else {
      note(.ofAnotherName(name))
      return false
    }
    guard schedule.build.isEmpty || Build.identifiers(of: file).contains(schedule.build) else {
      note(.ofAnotherFile(build: Build.identifier(of: file)))
      return false
    }
    return true
  }

  /// Keeps what came of a meeting.
  static func note(_ meeting: ReplayLedger.Meeting) {
    _ = endIsWatched
    ledger.withLock { $0.met(meeting) }
  }

  /// Complains on standard error when nobody ran the schedule.
  ///
  /// Other threads may still run: one that holds the ledger keeps the process from saying so, not from ending.
  private static func tellTheEnd() {
    guard case .success(let environment) = LabEnvironment.process,
      let schedule = environment.replay,
      let complaint = ledger.withLockIfAvailable({ $0.complaint(of: schedule) }) ?? nil
    else { return }
    let line = Array("lab: \(complaint)\n".utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
  }
}
