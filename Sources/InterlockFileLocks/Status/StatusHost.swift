package import Interlock
package import InterlockLocks
internal import InterlockSystem

/// What a board in files asks of the machine it is on.
package struct StatusHost: Sendable {
  /// The machine's name.
  package var name: String
  /// What names its run since it was last started; empty when nobody knows.
  package var bootID: String
  /// The time of day.
  package var time: @Sendable () -> StatusTime
  /// The time since it was started, which does not jump.
  package var uptime: @Sendable () -> Instant
  /// When a process started; nil when it is not there.
  package var start: @Sendable (Int32) -> UInt64?
  /// What the clock on the wall shows.
  package var calendar: any LocalCalendar

  /// This machine.
  package static var real: StatusHost {
    let clock = SystemClock()
    return StatusHost(
      name: Machine.host, bootID: Machine.boot,
      time: { StatusTime(microseconds: WallClock.nanoseconds / 1000) }, uptime: { clock.now },
      start: { ProcessIdentity(of: $0)?.start }, calendar: MachineCalendar())
  }

  /// This process, as an owner.
  package static var owner: LockOwner {
    let process = ProcessIdentity.current
    return LockOwner(
      host: Machine.host, process: process.number, processStart: process.start,
      command: process.command)
  }

  /// A moment of this machine.
  var moment: StatusMoment {
    StatusMoment(time: time(), uptime: uptime(), bootID: bootID, calendar: calendar)
  }

  /// Whether the owner of what was recorded in the run `bootID` is gone; false when that cannot be told from here.
  func isGone(_ owner: LockOwner?, bootID recorded: String?) -> Bool {
    guard let owner, owner.process > 0, owner.host == name, let recorded, !recorded.isEmpty,
      !bootID.isEmpty
    else { return false }
    return recorded != bootID || start(owner.process) != owner.processStart
  }
}

/// What is read of a board is judged by one moment.
struct StatusMoment: Sendable {
  var time: StatusTime
  var uptime: Instant
  var bootID: String
  var calendar: any LocalCalendar
}

/// Local time as the machine is set.
private struct MachineCalendar: LocalCalendar {
  func offset(at seconds: Int64) -> Int64 { LocalTime.offset(at: seconds) }
}
