import InterlockLab
import Synchronization
import Testing

/// Faults, crashes, slipping time, sync points and choices (section E).
@Suite struct FaultTests {
  /// A lock whose helper gives it back only when nothing is thrown.
  private static func careless(_ isCareful: Bool) -> @Sendable (Lab) async throws -> Void {
    { _ in
      let lock = WaitingLock()
      await withTaskGroup(of: Void.self) { group in
        for name in ["first", "second"] {
          group.addTask(name: name) {
            await lock.lock()
            if isCareful {
              defer { lock.unlock() }
              try? await Task.sleep(for: .seconds(1))
            } else {
              do { try await Task.sleep(for: .seconds(1)) } catch { return }
              lock.unlock()
            }
          }
        }
      }
    }
  }

  @Test func `a cancellation in the wrong place leaves a lock behind, and replays`() async throws {
    var plan = Plan.random(schedules: 2000, seed: 0)
    plan.faults = .cancelAnywhere
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(plan, Self.careless(false))
    }
    let report = try #require(failure?.report)
    guard case .deadlock = report.outcome else {
      Issue.record("\(report.outcome)")
      return
    }
    let schedule = try #require(report.schedule)
    #expect(schedule.contains("/f=c"), "\(schedule)")
    #expect(try await Lab.replay(schedule, Self.careless(false)).outcome == report.outcome)
    try await Lab.explore(plan, Self.careless(true))
  }

  @Test func `an exhaustive plan puts a cancellation at every place`() async throws {
    var plan = Plan.exhaustive(preemptions: 0)
    plan.faults = .cancelAnywhere
    await #expect(throws: LabFailure.self) { try await Lab.explore(plan, Self.careless(false)) }
    let report = try await Lab.explore(plan, Self.careless(true))
    #expect(report.isComplete)
    let without = try await Lab.explore(.exhaustive(preemptions: 0), Self.careless(true))
    #expect(report.schedules > 10 * without.schedules)
  }

  @Test func `an error is let happen at each visit of a site`() async throws {
    struct Radio {
      var debited = 0
      var sent = 0
    }
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let radio = Locked(Radio())
      for _ in 0..<3 {
        radio.change { $0.debited += 1 }
        do { try await lab.fault("radio.send") } catch { continue }
        radio.change { $0.sent += 1 }
      }
      lab.check(radio.value.debited == radio.value.sent, "\(radio.value.sent) of 3 sent")
    }
    var plan = Plan.exhaustive(preemptions: nil)
    plan.faults = .failAnywhere
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
    #expect(failure?.report.outcome == .failed("2 of 3 sent"))
    #expect(failure?.report.schedule?.contains("/f=e1.radio.send") == true)
    let statistics = await Lab.measure(plan, body)
    #expect(statistics.schedules == 4)
    #expect(statistics.failures == 3)
  }

  @Test func `a crashed process runs no more, and a survivor gets its lease in time`() async throws
  {
    let defers = Locked(0)
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let lease = Locked<(owner: String, until: Duration)?>(nil)
      @Sendable func take(_ name: String) -> Bool {
        lease.change { lease in
          if let lease, lease.until > lab.elapsed { return false }
          lease = (name, lab.elapsed + .seconds(5))
          return true
        }
      }
      lab.process("a") { _ in
        while !take("a") { try await Task.sleep(for: .milliseconds(500)) }
        defer {
          lease.change { $0 = nil }
          defers.change { $0 += 1 }
        }
        try await Task.sleep(for: .seconds(2))
      }
      let survivor = Task(name: "b") {
        for _ in 0..<20 {
          if take("b") { return true }
          try? await Task.sleep(for: .milliseconds(500))
        }
        return false
      }
      lab.check(await survivor.value, "b starved")
    }
    var plan = Plan.random(schedules: 3000, seed: 0)
    plan.faults = .crashAnywhere
    let report = try await Lab.explore(plan, body)
    #expect(report.schedules == 3000)
    // With no crash its `defer` runs each time; with crashes it does not in many.
    let count = defers.value
    #expect(count < 2900 && count > 100, "\(count)")
  }

  @Test func `a process that is started again knows which start it is`() async throws {
    let report = try await Lab.explore(.random(schedules: 200, seed: 0)) { lab in
      let seen = Locked<[Int]>([])
      let process = lab.process("node") { process in
        seen.change { $0.append(process.incarnation) }
        try await Task.sleep(for: .seconds(3600))
        lab.check(false, "it slept through a crash")
      }
      await Task.yield()
      process.crash()
      try await Task.sleep(for: .seconds(4000))
      lab.check(process.hasCrashed, "crashed")
      process.restart()
      await Task.yield()
      try await Task.sleep(for: .seconds(1))
      process.crash()
      let starts = seen.value
      lab.check(starts == [1, 2] || starts == [2], "\(starts)")
    }
    #expect(report.schedules == 200)
  }

  @Test func `a lease that ends under a slow owner is found only when time may slip`() async throws
  {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let owners = Locked(0)
      let until = Locked(Duration.zero)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            for _ in 0..<4 {
              let isMine = until.change { until in
                guard lab.elapsed >= until else { return false }
                until = lab.elapsed + .seconds(1)
                return true
              }
              guard isMine else {
                try? await Task.sleep(for: .milliseconds(600))
                continue
              }
              owners.change { $0 += 1 }
              await Task.yield()
              lab.check(owners.value == 1, "two owners")
              owners.change { $0 -= 1 }
              return
            }
          }
        }
      }
    }
    var plan = Plan.random(schedules: 2000, seed: 0)
    #expect(await Lab.measure(plan, body).failures == 0)
    plan.time = .slipping(oneIn: 8)
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
    let schedule = try #require(failure?.report.schedule)
    #expect(schedule.contains("/t=8"))
    #expect(try await Lab.replay(schedule, body).outcome == .failed("two owners"))
  }

  @Test func `code that awaits nothing is cut at sync points`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let cache = Locked<Int?>(nil)
      let made = Locked(0)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            if cache.value == nil {
              Lab.syncPoint()
              made.change { $0 += 1 }
              cache.change { $0 = 1 }
            }
          }
        }
      }
      lab.check(made.value == 1, "made \(made.value) times")
    }
    var plan = Plan.random(schedules: 1000, seed: 0)
    #expect(await Lab.measure(plan, body).failures == 0)
    plan.syncPoints = true
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
    let report = try #require(failure?.report)
    let schedule = try #require(report.schedule)
    #expect(try await Lab.replay(schedule, body).outcome == .failed("made 2 times"))
    #expect(report.trace?.description.contains("inside") == true)
    var exhaustive = Plan.exhaustive(preemptions: 1)
    exhaustive.syncPoints = true
    await #expect(throws: LabFailure.self) { try await Lab.explore(exhaustive, body) }
    var partialOrder = Plan.partialOrder(schedules: 1000, seed: 0)
    partialOrder.syncPoints = true
    await #expect(throws: LabFailure.self) { try await Lab.explore(partialOrder, body) }
  }

  @Test func `outside a lab a sync point does nothing`() { Lab.syncPoint() }

  @Test func `nobody is let in while an invariant looks`() async throws {
    var plan = Plan.random(schedules: 500)
    plan.syncPoints = true
    try await Lab.explore(plan) { lab in
      let isLooking = Locked(false)
      lab.invariant("nobody else runs") {
        isLooking.change { $0 = true }
        Lab.syncPoint()  // as what it looks into would, after giving up its lock
        isLooking.change { $0 = false }
        return true
      }
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask {
            for _ in 0..<2 {
              lab.check(!isLooking.value, "a step ran while an invariant looked")
              Lab.syncPoint()
            }
          }
        }
      }
    }
  }

  @Test func `each outcome of a choice is tried once`() async throws {
    let seen = Locked<[[Int]]>([])
    let report = try await Lab.explore(.exhaustive(preemptions: nil)) { lab in
      let outcome = [lab.choose(3), lab.choose(2)]
      seen.change { $0.append(outcome) }
    }
    #expect(report.schedules == 6)
    // One more for the run that shows the body repeats.
    #expect(Set(seen.value).count == 6)
  }

  @Test func `random numbers are repeated by the schedule`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      var random = lab.random
      let number = Int.random(in: 0..<1000, using: &random)
      lab.check(number < 900, "\(number)")
    }
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 100, seed: 0), body)
    }
    let report = try #require(failure?.report)
    #expect(report.schedule?.contains("/r=") == true)
    #expect(try await Lab.replay(try #require(report.schedule), body).outcome == report.outcome)
  }

  @Test func `what must come true in time is missed when it does not`() async throws {
    let late = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1, seed: 0)) { lab in
        let done = Locked(false)
        lab.eventually("the answer", within: .seconds(1)) { done.value }
        try await Task.sleep(for: .seconds(2))
        done.change { $0 = true }
      }
    }
    #expect(late?.report.outcome == .failed("the answer did not come true in time"))
    let never = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1, seed: 0)) { lab in
        lab.eventually("the answer", within: .seconds(1)) { false }
      }
    }
    #expect(never?.report.outcome == .failed("the answer never came true"))
  }

  @Test func `an exhaustive search of a body that does not repeat claims nothing`() async throws {
    for reduction in [Plan.Reduction.none, .isolation] {
      let runs = Locked(0)
      var plan = Plan.exhaustive(preemptions: nil, reduction: reduction)
      plan.checkDeterminism = false
      let failure = await #expect(throws: LabFailure.self) {
        try await Lab.explore(plan) { lab in
          let run = runs.change { runs in
            runs += 1
            return runs
          }
          await withTaskGroup(of: Void.self) { group in
            for _ in 0..<(run == 1 ? 3 : 1) {
              group.addTask {
                lab.touch(runs)
                await Task.yield()
                lab.touch(runs)
              }
            }
          }
        }
      }
      guard case .diverged = failure?.report.outcome else {
        Issue.record("\(reduction): \(String(describing: failure?.report.outcome))")
        return
      }
    }
  }

  @Test func `a reduction that cannot tell the tasks apart says so`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.exhaustive(preemptions: nil, limit: 3, reduction: .isolation)) { _ in
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<130 { group.addTask {} }
        }
      }
    }
    guard case .diverged(let reason) = failure?.report.outcome else {
      Issue.record("\(String(describing: failure?.report.outcome))")
      return
    }
    #expect(reason.contains("127"))
  }

  @Test func `a call that takes long is found by its delay, which replays`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await lab.fault("send") }
      }
      lab.check(lab.elapsed < .seconds(30), "too late")
    }
    for plan in [Plan.random(schedules: 1000, seed: 0), .exhaustive(preemptions: nil)] {
      var plan = plan
      try await Lab.explore(plan, body)
      plan.faults = .delayAnywhere
      let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
      let schedule = try #require(failure?.report.schedule)
      #expect(schedule.contains("/f=d1."))
      let replayed = try await Lab.replay(schedule, body)
      #expect(replayed.outcome == .failed("too late"))
      #expect(replayed.trace?.description.contains("send takes") == true)
    }
  }

  @Test func `delays are of every magnitude up to the longest`() async throws {
    var plan = Plan.random(schedules: 2000, seed: 0)
    plan.faults = .delayAnywhere
    plan.faults.longestDelay = .seconds(1)
    let seen = Locked<Set<Int64>>([])
    try await Lab.explore(plan) { lab in
      try await lab.fault("send")
      let milliseconds = Int64(lab.elapsed / .milliseconds(1))
      seen.change { _ = $0.insert(milliseconds) }
    }
    #expect(seen.value.max() ?? 0 <= 1000)
    for magnitude in 0..<9 {
      #expect(seen.value.contains { $0 >> magnitude == 1 }, "2^\(magnitude) ms")
    }
  }

  @Test func `a fault can be put into every schedule`() async throws {
    var plan = Plan.random(schedules: 10, seed: 0)
    plan.faults.always = [.error(label: "send", visit: 2)]
    let failed = Locked(0)
    try await Lab.explore(plan) { lab in
      try await lab.fault("send")
      do { try await lab.fault("send") } catch { failed.change { $0 += 1 } }
    }
    // One schedule in a hundred runs twice.
    #expect(failed.value == 11)
  }

  @Test func `a choice with a label is a line of the trace`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.exhaustive(preemptions: nil)) { lab in
        lab.check(lab.choose(3, "coin") != 2, "two")
      }
    }
    #expect(failure?.report.trace?.description.contains("| coin: 2 of 3") == true)
  }

  @Test func `names may be anything, and replay`() async throws {
    var plan = Plan.random(schedules: 100, seed: 0)
    plan.name = "a/b #1, \u{301}~"
    plan.faults = FaultPlan(crashes: 1, errors: 1)
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let process = lab.process("node #1, left/right") { _ in
        for _ in 0..<5 { await Task.yield() }
      }
      var hasFailed = false
      do { try await lab.fault("send, f=e1.x/é") } catch { hasFailed = true }
      for _ in 0..<10 { await Task.yield() }
      lab.check(!(hasFailed && process.hasCrashed), "both")
    }
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
    let schedule = try #require(failure?.report.schedule)
    let report = try await Lab.replay(schedule, body)
    #expect(report.outcome == .failed("both"), "\(schedule)")
    #expect(report.schedule == schedule)
  }

  @Test func `a body that does not repeat is found out`() async throws {
    let runs = Locked(0)
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 500, seed: 0)) { _ in
        let run = runs.change { runs in
          runs += 1
          return runs
        }
        if run.isMultiple(of: 2) { await Task.yield() }
      }
    }
    guard case .diverged(let reason) = failure?.report.outcome else {
      Issue.record("\(String(describing: failure?.report.outcome))")
      return
    }
    // Both ways it took are shown.
    #expect(reason.contains("\nonce:\nstep ") && reason.contains("\nanother time:\nstep "))
    #expect(reason.contains("| nothing more"))
  }
}

/// A value behind a lock.
final class Locked<Value: Sendable>: Sendable {
  private let state: Mutex<Value>
  init(_ value: Value) { state = Mutex(value) }
  var value: Value { state.withLock { $0 } }
  @discardableResult
  func change<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
    state.withLock { value in
      var copy = value
      let result = body(&copy)
      value = copy
      return result
    }
  }
}

/// A lock that wakes one waiter, and knows nothing of cancellation.
private final class WaitingLock: Sendable {
  private struct State {
    var isHeld = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func lock() async {
    await withCheckedContinuation { continuation in
      let isMine = state.withLock { state in
        if state.isHeld {
          state.waiters.append(continuation)
          return false
        }
        state.isHeld = true
        return true
      }
      if isMine { continuation.resume() }
    }
  }

  func unlock() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
      state.isHeld = false
      return nil
    }
    next?.resume()
  }
}
