/// Which explorations of a process the schedule of its environment has met, so that one nobody ran is not passed over
/// in silence.
struct ReplayLedger: Sendable, Hashable {
  /// How an exploration and the schedule suit each other.
  enum Meeting: Sendable, Hashable {
    /// It has another name.
    case ofAnotherName(String)
    /// It has the name, but stands in another file, or was built by an unknown compiler.
    case ofAnotherFile(build: String)
    /// It ran the schedule, and told what came of it.
    case ran
    /// It ran the schedule, which took another way, and could not fail for it: others share its name.
    case wentAnotherWay
  }

  /// More different names than these are not kept.
  private static let mostNames = 1000
  private static let namesTold = 5

  private var names: [String] = []
  private var known: Set<String> = []
  private var otherBuild: String?
  private var hasRun = false
  private var otherWays = 0

  mutating func met(_ meeting: Meeting) {
    switch meeting {
    case .ofAnotherName(let name):
      guard names.count < Self.mostNames, known.insert(name).inserted else { return }
      names.append(name)
    case .ofAnotherFile(let build): otherBuild = build
    case .ran: hasRun = true
    case .wentAnotherWay: otherWays += 1
    }
  }

  /// What is to be said at the end of the process; nil when the schedule has met the exploration it is of.
  func complaint(of schedule: NamedSchedule) -> String? {
    guard !hasRun else { return nil }
    let asked = "\(LabEnvironment.replayVariable) names \(ScheduleName.encoded(schedule.name))"
    if otherWays > 0 {
      return "\(asked), and took another way in each exploration of that name, "
        + "\(otherWays) in all: it is of none of them, or they were changed"
    }
    if let otherBuild {
      return "\(asked), of build \(schedule.build), and the exploration of that name is "
        + "of build \(otherBuild): another file or compiler. Nothing was replayed"
    }
    guard !names.isEmpty else { return nil }
    return "\(asked), and no exploration of this process had that name. Nothing was replayed. "
      + "There \(names.count == 1 ? "was" : "were") \(nearest(to: schedule.name))"
  }

  /// The names that begin most like the one that was asked for, and how many others there were.
  private func nearest(to name: String) -> String {
    let byLikeness = names.enumerated().sorted { first, second in
      let (one, other) = (Self.likeness(first.element, name), Self.likeness(second.element, name))
      return one == other ? first.offset < second.offset : one > other
    }
    let told = byLikeness.prefix(Self.namesTold).map { ScheduleName.encoded($0.element) }
    let rest = names.count - told.count
    return told.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// How many signs two names have in common at their beginning.
  private static func likeness(_ name: String, _ other: String) -> Int {
    zip(name, other).prefix { $0 == $1 }.count
  }
}
