/// The one schedule that a text names: by its decisions, or by the seed it was chosen with.
enum NamedSchedule: Sendable, Hashable {
  case decided(Schedule)
  case seeded(SeededSchedule)

  /// - Throws: ``ScheduleError`` for a text that is no schedule.
  init(parsing text: String) throws(ScheduleError) {
    if let seeded = try SeededSchedule(parsing: text) {
      self = .seeded(seeded)
    } else {
      self = .decided(try Schedule(parsing: text))
    }
  }

  /// What the exploration it is of is called.
  var name: String {
    switch self {
    case .decided(let schedule): schedule.name
    case .seeded(let schedule): schedule.name
    }
  }

  /// The build it is of; empty when it does not matter.
  var build: String {
    switch self {
    case .decided(let schedule): schedule.build
    case .seeded: ""
    }
  }
}

extension Explorer {
  /// Runs one schedule, and keeps what happened.
  ///
  /// - Parameters:
  ///   - schedule: Which.
  ///   - strictly: Whether a run that takes another way than the one found has failed.
  /// - Returns: what happened.
  func replay(_ schedule: NamedSchedule, strictly: Bool) -> Report {
    switch schedule {
    case .decided(let schedule): replay(schedule, strictly: strictly)
    case .seeded(let schedule): replay(schedule)
    }
  }
}
