internal import CInterlockLab
internal import Synchronization

/// A body that shows whether one control works, and what it must have found out.
struct ProbeBody: Sendable {
  private let name: String
  private let purpose: SelfCheck.Purpose
  /// Tells what is wrong, from inside the run.
  private let body: @Sendable (Engine) async throws -> String?
  /// Tells what is wrong with how the run ended.
  private let judge: @Sendable (Engine, Outcome) -> String?

  private init(
    _ name: String, _ purpose: SelfCheck.Purpose = .control,
    judge: @escaping @Sendable (Engine, Outcome) -> String? = { $1.isPassed ? nil : "\($1)" },
    _ body: @escaping @Sendable (Engine) async throws -> String?
  ) {
    self.name = name
    self.purpose = purpose
    self.body = body
    self.judge = judge
  }

  func run(without: UInt32) -> SelfCheck.Probe {
    let engine = Engine()
    unsafe engine.context.pointee.without = without
    let problem = ProbeResult()
    let outcome = engine.run(Strategy()) { [body] in
      if let found = try await body(engine) { problem.set(found) }
    }
    let verdict = problem.value ?? judge(engine, outcome)
    engine.reset()
    return SelfCheck.Probe(name: name, purpose: purpose, problem: verdict)
  }

  /// Whether the step that runs is the engine's.
  private static func inside(_ engine: Engine) -> String? {
    Engine.current === engine ? nil : "it ran outside"
  }

  /// What children inherit: the lab's executor, unless it is left off.
  private static func withPreference(
    of engine: Engine, _ body: sending () async -> String?
  ) async -> String? {
    guard engine.leavesOff(INTERLOCK_LAB_WITHOUT_CHILDREN) else { return await body() }
    return await withTaskExecutorPreference(globalConcurrentExecutor) { await body() }
  }

  // Owner: of the tasks in these, the run of the probe.
  static let all = [
    ProbeBody("task") { engine in await Task { inside(engine) }.value },
    ProbeBody("detached task") { engine in await Task.detached { inside(engine) }.value },
    ProbeBody("immediate task") { engine in
      try await Task.immediate {
        // Outside the lab's executor it would leave for a real timer.
        try await Task.sleep(for: .seconds(1))
        return await ProbeActor().tell(engine)
      }.value
    },
    ProbeBody("group") { engine in
      await withPreference(of: engine) {
        await withTaskGroup(of: String?.self) { group in
          group.addTask { inside(engine) }
          return await group.next() ?? "no result"
        }
      }
    },
    ProbeBody("async let") { engine in
      await withPreference(of: engine) {
        async let result = inside(engine)
        return await result
      }
    },
    ProbeBody("actor") { engine in
      let actor = ProbeActor()
      // Both have come to the actor before either is let in. Owner: the run of the probe.
      let first = Task.immediate { await actor.step(of: engine) }
      let second = Task.immediate { await actor.step(of: engine) }
      let areApart = await first.value != second.value
      return areApart ? await actor.tell(engine) : "two hops to an actor were one step"
    },
    ProbeBody("main actor") { engine in
      let problem = await MainActor.run {
        MainActor.assertIsolated()
        let own = unsafe UInt(bitPattern: engine.context.pointee.main_executor.identity)
        return engine.occupied.last == own ? inside(engine) : "it is not the lab's own"
      }
      let left = ProbeResult()
      do { _ = ProbeLeaver(engine, left) }
      // Time passes when nothing else is ready.
      try await Task.sleep(for: .seconds(1))
      guard let found = left.value else { return "an isolated deinit did not run" }
      return problem ?? (found.isEmpty ? nil : found)
    },
    ProbeBody("yield") { engine in
      let before = engine.steps
      await Task.yield()
      await Task.yield()
      let steps = engine.steps - before
      return steps == 2 ? nil : "two yields were \(steps) steps"
    },
    ProbeBody("sleep") { engine in
      try await Task.sleep(for: .seconds(3600))
      return engine.now == 3_600_000_000_000 ? nil : "an hour was \(engine.now) ns"
    },
    ProbeBody("virtual now") { engine in
      let start = ContinuousClock.now
      engine.now += 1_000_000_000
      let passed = start.duration(to: .now)
      return passed == .seconds(1) ? nil : "a second was \(passed)"
    },
    ProbeBody("hashing") { _ in
      isHashingFixed ? nil : "the order of sets and dictionaries differs from process to process"
    },
    ProbeBody("name", .report) { engine in
      await Task(name: "probe") {}.value
      return engine.tasks.records.contains { $0.name == "probe" } ? nil : "names are not seen"
    },
    ProbeBody("completion", .report) { engine in
      await Task(name: "probe") {}.value
      guard RuntimeLayout.found.status != nil else { return "the status of a task was not found" }
      let done = engine.tasks.records.dropFirst().allSatisfy {
        RuntimeObject(address: $0.object).isComplete
      }
      let isRunning = !RuntimeObject(address: engine.tasks[0].object).isComplete
      return done && isRunning ? nil : "who has returned cannot be told"
    },
    ProbeBody(
      "waiting", .report,
      judge: { _, outcome in
        guard case .deadlock(let tasks) = outcome else { return "a deadlock was \(outcome)" }
        let found = tasks.map(\.waitsFor)
        return found == ["task T1", "a continuation"] ? nil : "waits were told as \(found)"
      }
    ) { _ in
      // Owner: the run.
      await Task { await withCheckedContinuation { ProbeResult.forgotten.hold($0) } }.value
      return nil
    },
  ]

  /// SipHash-1-3 of eight zero bytes under a key of zeros: a seed would show in the hash of anything.
  private static let unseededHash = -4_800_647_303_603_446_203

  private static var isHashingFixed: Bool {
    var hasher = Hasher()
    hasher.combine(0)
    return hasher.finalize() == unseededHash
  }
}

private actor ProbeActor {
  func step(of engine: Engine) -> Int { engine.steps }

  func tell(_ engine: Engine) -> String? {
    assertIsolated()
    guard Engine.current === engine else { return "it ran outside" }
    let address = unsafe UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    return engine.occupied.last == address ? nil : "a hop to an actor was no step of its own"
  }
}

private final class ProbeLeaver: Sendable {
  let engine: Engine
  let result: ProbeResult
  init(_ engine: Engine, _ result: ProbeResult) { (self.engine, self.result) = (engine, result) }
  @MainActor deinit {
    MainActor.assertIsolated()
    result.set(Engine.current === engine ? "" : "it ran outside")
  }
}

/// What a probe found; and the continuations that are never resumed.
private final class ProbeResult: Sendable {
  static let forgotten = ProbeResult()

  private let state = Mutex<(problem: String?, held: [CheckedContinuation<Void, Never>])>((nil, []))

  var value: String? { state.withLock { $0.problem } }
  func set(_ problem: String) { state.withLock { $0.problem = problem } }
  func hold(_ continuation: CheckedContinuation<Void, Never>) {
    state.withLock { $0.held.append(continuation) }
  }
}
