internal import Interlock

/// What one process of a drill does.
struct DrillTask: Sendable, Hashable {
  enum Role: String, Sendable {
    /// Asks for the lock several times.
    case contend
    /// Holds it, and does not take a loss for an answer.
    case hold
    /// Makes a grant that nobody owns, and ends.
    case orphan
    /// Tries to end a grant with wrong tokens.
    case corrupt
    /// Ends what holds the lock.
    case clear
    /// Frees the lock where its holder is known to be gone.
    case clearOrphans
    /// Looks until so many wait.
    case look
    /// Compares what is recorded with what happens.
    case check
    /// Works under the lock of the legacy programs.
    case legacy
    /// The same, and waits for it, and breaks it where it is not free after a while.
    case legacyBreaker
    /// Frees that lock, whoever has it.
    case legacyRemoval
  }

  var role: Role
  /// How many requests, or waiters.
  var count = 1
  /// How long a body takes.
  var body = Duration.milliseconds(5)
  /// From one request to the next; nil when each waits for the one before.
  var pace: Duration?
  /// How long a holder works; nil for as long as it has the lock.
  var time: Duration?
  var term = Duration.seconds(30)
  var isRenewed = true
  /// Whether it begins when all are ready.
  var startsTogether = false

  init(_ role: Role, count: Int = 1) {
    self.role = role
    self.count = count
  }

  /// The words of a command line.
  var words: [String] {
    [role.rawValue, "\(count)"]
      + [body, pace, time, term].map { $0.map { "\($0.nanoseconds)" } ?? "-" }
      + [isRenewed, startsTogether].map { $0 ? "yes" : "no" }
  }

  /// What the words say; nil when they are not those of a task.
  init?(_ words: [String]) {
    guard words.count == 8, let role = Role(rawValue: words[0]), let count = Int(words[1]) else {
      return nil
    }
    let times = words[2..<6].map { Int64($0).map { Duration.nanoseconds($0) } }
    guard let body = times[0], let term = times[3] else { return nil }
    self.role = role
    self.count = count
    self.body = body
    pace = times[1]
    time = times[2]
    self.term = term
    isRenewed = words[6] == "yes"
    startsTogether = words[7] == "yes"
  }
}
