internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockNode
internal import InterlockRedis
internal import InterlockSystem
internal import InterlockTestKit

/// One process of a drill, which the drill starts; not for people.
///
/// It prints events as ``LockEventRecord`` has them, and `note TEXT` for what is none.
struct DrillWorker: Sendable {
  /// What the program is started with to be one.
  static let word = "drill-worker"
  /// Whoever is still there then was forgotten.
  private static let longestLife = Duration.seconds(300)

  private let number: Int
  private let folder: DrillFolder
  private let name: LockName
  private let url: String?
  private let task: DrillTask
  private let clock = SystemClock()

  /// What a drill starts it with.
  static func words(
    _ number: Int, _ folder: String, _ name: LockName, _ url: String?, _ task: DrillTask
  ) -> [String] {
    [word, "\(number)", folder, name.text, url ?? ""] + task.words
  }

  /// Reads those words; nil when they are others.
  init?(_ words: [String]) {
    guard words.count > 5, words[0] == Self.word, let number = Int(words[1]),
      let name = try? LockName(words[3]), let task = DrillTask(Array(words[5...]))
    else { return nil }
    self.number = number
    folder = DrillFolder(path: words[2])
    self.name = name
    url = words[4].isEmpty ? nil : words[4]
    self.task = task
  }

  /// Does it, and says how it ended.
  static func start(_ words: [String], _ console: Console) async -> ExitStatus {
    guard let worker = DrillWorker(words) else { return .usage }
    do {
      try SystemThread.start("drill-life") {
        Pause.hold(longestLife)
        ProcessEnvironment.exit(ExitStatus.notInTime.rawValue)
      }
      try await worker.run()
      return .done
    } catch {
      console.writeError("\(error)\n")
      return .failed
    }
  }

  private func run() async throws {
    if task.startsTogether { try await waitForBeginning() }
    let location = try url.map { try BackendLocation($0) } ?? BackendLocation.standard()
    if [.legacy, .legacyBreaker, .legacyRemoval].contains(task.role) {
      return try await runLegacy(location)
    }
    let backend = try await location.openLocks()
    do {
      try await run(backend)
      await backend.close()
    } catch {
      await backend.close()
      throw error
    }
  }

  private func waitForBeginning() async throws {
    say("note ready")
    while true {
      if let instant = try await BlockingPool.shared.run({ try folder.begins() }) {
        return try await clock.sleep(until: instant)
      }
      try await clock.sleep(for: .milliseconds(2))
    }
  }

  private func runLegacy(_ location: BackendLocation) async throws {
    let lock: any LegacyLock =
      switch LegacyWay(location) {
      case .file: LegacyLockFile(path: folder.legacyLock, clock: clock)
      case .redisKey: try LegacyRedisLock(RedisURL(location.url), name, term: task.term)
      }
    guard task.role != .legacyRemoval else { return try await lock.remove() }
    try await LegacyProcess(
      number: number, lock: lock, thing: folder.guardedThing(isFenced: false), clock: clock
    ) { say("\($0)") }.run(task)
  }

  private func run(_ backend: any LockBackend) async throws {
    let client = LockClient(backend)
    let process = DrillProcess(
      number: number, client: client, thing: folder.guardedThing(isFenced: true)
    ) { say("\($0)") }
    let options = LockOptions.shortTerm(task.term, isRenewed: task.isRenewed)
    switch task.role {
    case .contend:
      try await ContentionSimulator(
        name, requests: task.count, body: task.body, pace: task.pace, options: options
      ).run(process)
    case .hold:
      let wasLost = try await StubbornHolder(name, for: task.time, options: options).run(process)
      say("note \(wasLost ? "lost" : "kept")")
    case .orphan:
      let (grant, _) = try await OrphanMaker(backend).make(name, term: task.term)
      for kind in [LockEventRecord.Kind.entered, .ended] {
        say("\(LockEventRecord(process: number, kind, at: clock.now, fence: grant.fence))")
      }
      // Neither given back nor closed.
      ProcessEnvironment.exit(ExitStatus.done.rawValue)
    case .corrupt:
      for attempt in try await TokenCorrupter(backend).attempts(on: name) {
        say("finding \(attempt)")
      }
    case .clear, .clearOrphans:
      if task.role == .clear {
        say("\(LockEventRecord(process: number, .revoking, at: clock.now))")
      }
      let cleared = try await client.clear(
        below: name, task.role == .clear ? .now : .orphans, reason: "a drill")
      say("note ended \(cleared.count { $0.outcome == .ended })")
    case .look:
      while try await client.record(of: name).waiters.count < task.count {
        try await clock.sleep(for: .milliseconds(2))
      }
    case .check:
      for finding in try await ConsistencyCheck(client).findings(about: name) {
        say("finding \(finding.escapedForDisplay)")
      }
    // They take no lock of ours.
    case .legacy, .legacyBreaker, .legacyRemoval: break
    }
  }

  private func say(_ line: String) {
    do {
      try StandardStream.output.write(line + "\n")
    } catch {
      // The drill is gone, and with it all reason to go on.
      ProcessEnvironment.exit(ExitStatus.failed.rawValue)
    }
  }
}
