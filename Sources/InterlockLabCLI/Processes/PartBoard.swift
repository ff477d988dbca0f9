internal import InterlockCommandLine
internal import InterlockWire

/// Adds up what the processes of an exploration say, and decides when it is over.
struct PartBoard {
  /// A failure that a process found, or died of.
  struct Found: Sendable, Hashable {
    let part: Int
    let outcome: String
    let strategy: String?
    /// The string that repeats it; nil when none could be written.
    let schedule: String?
    /// Whether repeating it would end the process that does.
    let isDeadly: Bool
  }

  /// What is known of one part.
  private struct Progress {
    var schedules = 0
    var steps = 0
    var failures = 0
    var isComplete = false
    /// It has told its result.
    var isTold = false
    /// The last words of one that dies.
    var lastWords: String?
    var schedule: String?
  }

  private let parts: PartList
  let keepsGoing: Bool
  private var next = 0
  private var running: [Int: Progress] = [:]
  /// What those that have ended came to.
  private var sum = Progress()
  private var ended = 0
  private var allFound: [Found] = []

  init(_ parts: PartList, keepsGoing: Bool) {
    self.parts = parts
    self.keepsGoing = keepsGoing
  }

  /// The failure of the first part that has one.
  var found: Found? { allFound.min { $0.part < $1.part } }
  /// Schedules that have run.
  var schedules: Int { running.values.reduce(sum.schedules) { $0 + $1.schedules } }
  /// Their steps.
  var steps: Int { running.values.reduce(sum.steps) { $0 + $1.steps } }
  /// Failures that were counted.
  var failures: Int { sum.failures }
  /// Whether every schedule there is was run.
  var isComplete: Bool { sum.isComplete && parts.count == 1 && found == nil }
  /// Whether nothing that still runs matters.
  var isOver: Bool { !keepsGoing && found != nil }

  /// The part to start next; nil when none is left.
  mutating func start() -> Part? {
    guard next < parts.count, !isOver else { return nil }
    defer { next += 1 }
    running[next] = Progress()
    return parts[next]
  }

  /// A process printed a line: how far it is, or its result.
  mutating func printed(_ line: String, by part: Int) {
    guard let object = try? JSONValue(parsing: Array(line.utf8)).object,
      var progress = running[part]
    else { return }
    progress.schedules = object["schedules"]?.number?.exactly(Int.self) ?? progress.schedules
    progress.steps = object["steps"]?.number?.exactly(Int.self) ?? progress.steps
    if let isFound = object["found"]?.bool {
      progress.isTold = true
      progress.isComplete = object["complete"]?.bool ?? false
      progress.failures = object["failures"]?.number?.exactly(Int.self) ?? (isFound ? 1 : 0)
      if isFound {
        allFound.append(
          Found(
            part: part, outcome: object["outcome"]?.string ?? "",
            strategy: object["strategy"]?.string, schedule: object["replay"]?.string,
            isDeadly: false))
      }
    }
    running[part] = progress
  }

  /// A process wrote a line to its standard error.
  ///
  /// - Returns: whether a person should see it.
  mutating func complained(_ line: String, by part: Int) -> Bool {
    if running[part]?.lastWords == nil, Self.lastWords.contains(where: line.contains) {
      running[part]?.lastWords = line
    }
    guard line.hasPrefix("lab: "), let mark = line.firstRange(of: Self.replayMark) else {
      return true
    }
    running[part]?.schedule = String(line[mark.upperBound...])
    if running[part]?.lastWords == nil {
      running[part]?.lastWords = String(line[..<mark.lowerBound].dropFirst("lab: ".count))
    }
    return false
  }

  /// A process ended.
  ///
  /// - Throws: `CommandFailure` when that tells nothing of the schedules.
  mutating func ended(_ part: Int, status: Int32) throws(CommandFailure) {
    guard let progress = running.removeValue(forKey: part) else { return }
    sum.schedules += progress.schedules
    sum.steps += progress.steps
    sum.failures += progress.failures
    sum.isComplete = progress.isComplete
    if progress.isTold, status == 0 || status == 1 { return }
    let signal = status - 128
    guard Self.deadly.contains(signal) else {
      let how = signal > 0 ? "was ended by signal \(signal)" : "ended with status \(status)"
      throw CommandFailure(
        .failed, "a process of the exploration \(how)", "what it said stands above, if anything")
    }
    sum.failures += 1
    let words = progress.lastWords ?? "a schedule of the \(parts[part].schedules) it was given"
    allFound.append(
      Found(
        part: part, outcome: "the process died of signal \(signal): \(words)", strategy: nil,
        schedule: progress.schedule, isDeadly: true))
  }

  /// Signals by which a program ends itself: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV.
  private static let deadly: Set<Int32> = [4, 5, 6, 7, 8, 11]
  /// What the standard library writes before it ends a process.
  private static let lastWords = [": Fatal error", ": Precondition failed", ": Assertion failed"]
  private static let replayMark = " Replay: "
}
