internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockSystem
internal import InterlockTestKit

/// The processes of one drill, and what they have told.
///
/// It blocks its thread.
struct DrillFleet: ~Copyable {
  /// How long nothing may be told while something has to come.
  private static let patience = Duration.seconds(60)

  let folder: DrillFolder
  let setting: DrillSetting
  private(set) var log = DrillLog()
  private var children = ChildProcesses()
  private var started = 0
  /// What those do that were started, for who asks what is missing.
  private var roles: [Int: DrillTask.Role] = [:]
  private var waitsForBeginning: [Int] = []
  private var killed: Set<Int> = []
  private let clock = SystemClock()

  init(_ setting: DrillSetting, _ folder: DrillFolder) {
    self.setting = setting
    self.folder = folder
  }

  var now: Instant { clock.now }

  /// Starts a process.
  ///
  /// - Returns: its number.
  @discardableResult
  mutating func start(_ task: DrillTask) throws -> Int {
    started += 1
    roles[started] = task.role
    let words = DrillWorker.words(started, folder.path, setting.name, setting.url, task)
    try children.start(started, setting.program, arguments: words)
    if task.startsTogether { waitsForBeginning.append(started) }
    return started
  }

  /// Runs a process to its end.
  mutating func run(_ task: DrillTask) throws {
    let worker = try start(task)
    try wait(for: "the end of \(task.role.rawValue)") { $0.statuses[worker] != nil }
  }

  /// Lets those begin that start together, once all are ready.
  mutating func begin() throws {
    let all = waitsForBeginning
    try wait(for: "\(all.count) processes to be ready") { log in
      all.allSatisfy { log.notes[$0]?.contains("ready") == true || log.statuses[$0] != nil }
    }
    try folder.begin(at: now.advanced(by: .milliseconds(50)))
  }

  /// Ends a process at once.
  ///
  /// - Returns: the instant before.
  @discardableResult
  mutating func kill(_ worker: Int) -> Instant {
    let instant = now
    killed.insert(worker)
    log.add(LockEventRecord(process: worker, .ended, at: instant))
    children.order(worker, to: .kill)
    return instant
  }

  mutating func stop(_ worker: Int) { children.order(worker, to: .stop) }
  /// Makes a process stand still, but not while it has the guarded number: nobody could write then, whoever has the lock.
  mutating func stopBetweenWrites(_ worker: Int) throws {
    repeat {
      resume(worker)
      stop(worker)
      try listen(for: .milliseconds(5))
    } while try folder.isBeingWritten()
  }
  mutating func resume(_ worker: Int) { children.order(worker, to: .resume) }

  /// Has the server restarted by the command that was given for it, and waits until that has ended.
  ///
  /// - Returns: the instant before.
  @discardableResult
  mutating func restartServer() throws -> Instant {
    let instant = now
    started += 1
    let number = started
    try children.start(
      number, "/bin/sh", arguments: ["-c", setting.restartCommand ?? "exit 64"])
    try wait(for: "the restart of the server") { $0.statuses[number] != nil }
    if let status = log.statuses[number], status != 0 { throw failure("the restart failed") }
    return instant
  }

  /// Notes that the lock may have been taken away from whoever held it then.
  mutating func noteRevocation(at instant: Instant) {
    // No process has this number.
    log.add(LockEventRecord(process: 0, .revoking, at: instant))
  }

  /// Waits until the log says something.
  ///
  /// - Throws: `CommandFailure` when all are silent for too long, or none is left that could say it.
  mutating func wait(for what: String, _ isSo: (DrillLog) -> Bool) throws {
    while !isSo(log) {
      // Nil when the time is over, or none is left; what they told before that comes first.
      guard let event = try children.next(within: Self.patience) else {
        throw failure("waited in vain for \(what)")
      }
      take(event)
    }
  }

  /// Goes on listening for so long.
  mutating func listen(for time: Duration) throws {
    let deadline = now.advanced(by: time)
    while children.count > 0, now < deadline {
      if let event = try children.next(within: now.duration(to: deadline)) { take(event) }
    }
    // Nobody is left to listen to, and the time has to pass all the same.
    Pause.hold(now.duration(to: deadline))
  }

  /// Waits until all have ended.
  mutating func waitForAll() throws {
    let count = started
    try wait(for: "the end of \(count) processes") { $0.statuses.count == count }
  }

  /// Those that ended otherwise than they should have.
  var failures: [String] {
    log.statuses.sorted { $0.key < $1.key }.compactMap { worker, status in
      guard status != 0, !killed.contains(worker) else { return nil }
      let words = log.complaints[worker]?.joined(separator: "; ") ?? "it said nothing"
      return "process \(worker) ended with \(status): \(words)"
    }
  }

  private func failure(_ what: String) -> CommandFailure {
    let unended = roles.filter { log.statuses[$0.key] == nil }.sorted { $0.key < $1.key }
      .map { "process \($0.key) (\($0.value.rawValue)) has not ended, and \(log.last(of: $0.key))" }
    return CommandFailure(
      .failed, ([what] + failures + unended).joined(separator: "; "),
      "interlock lock show tells who holds \(setting.name.text)")
  }

  private mutating func take(_ event: ChildProcesses.Event) {
    switch event {
    case .printed(let worker, let line): log.printed(line, by: worker)
    case .complained(let worker, let line): log.complained(line, by: worker)
    case .ended(let worker, let status): log.ended(worker, status: status)
    }
  }
}

/// What all rounds of a drill have in common.
struct DrillSetting: Sendable {
  /// The program that is started: this one.
  var program: String
  /// Where the locks are, if it was said on the command line.
  var url: String?
  /// What the backend is called.
  var title: String
  /// The folder of the locks, where they are files.
  var directory: String?
  /// What the legacy programs would use in its place.
  var legacyWay: LegacyWay
  /// What a shell does to restart the server, if that was said.
  var restartCommand: String?
  /// The lock; a new one for each run.
  var name: LockName
  var processes: Int
  var requests: Int
}
