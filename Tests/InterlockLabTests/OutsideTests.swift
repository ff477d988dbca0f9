import Dispatch
import InterlockLab
import Synchronization
import Testing

/// Explorations that await what happens outside the lab.
@Suite struct OutsideTests {
  private var awaiting: Plan {
    var plan = Plan.random(schedules: 20, seed: 0)
    plan.outside = .awaited(upTo: .seconds(60))
    return plan
  }

  fileprivate static func fromAQueue(_ number: Int) async -> Int {
    await withCheckedContinuation { continuation in
      // From a later step: whoever waits has suspended when it comes back.
      Task(name: "runner") {
        DispatchQueue.global().async { continuation.resume(returning: number) }
      }
    }
  }

  @MainActor fileprivate static func onMain(_ number: Int) async -> Int {
    let number = await fromAQueue(number)
    MainActor.assertIsolated()
    return number
  }

  @Test func `what a queue brings back is awaited, on an actor and on none`() async throws {
    actor Sum {
      private(set) var value = 0
      func add(_ number: Int) async { value += await OutsideTests.fromAQueue(number) }
    }
    let report = try await Lab.explore(awaiting) { lab in
      let sum = Sum()
      await withTaskGroup(of: Void.self) { group in
        for number in 1...3 { group.addTask { await sum.add(number) } }
        group.addTask { await sum.add(OutsideTests.onMain(4)) }
      }
      lab.check(await sum.value == 10, "sum")
    }
    #expect(report.schedules == 20)
  }

  @Test func `virtual time stands still while something is out`() async throws {
    try await Lab.explore(awaiting) { lab in
      let sleeper = Task { try await Task.sleep(for: .seconds(3600)) }
      _ = await Self.fromAQueue(1)
      lab.check(lab.elapsed == .zero, "\(lab.elapsed) passed")
      sleeper.cancel()
      _ = await sleeper.result
    }
  }

  @Test func `a failure has a trace, and says that it cannot be replayed`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(awaiting) { lab in
        let number = await Self.fromAQueue(1)
        lab.check(number == 2, "not two")
      }
    }
    let found = try #require(failure)
    #expect(found.report.outcome == .failed("not two"))
    #expect(found.report.schedule == nil)
    #expect("\(found)".contains("replay: not possible"))
    #expect("\(found)".contains("runner leaves the lab through dispatch_async"))
  }

  @Test func `who waits for what never comes is a deadlock, after the wait`() async throws {
    var plan = awaiting
    plan.outside = .awaited(upTo: .milliseconds(1))
    let held = Mutex<[CheckedContinuation<Void, Never>]>([])
    let holder = Holder(held)
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(plan) { _ in
        await withCheckedContinuation { holder.hold($0) }
      }
    }
    guard case .deadlock = failure?.report.outcome else {
      Issue.record("\(String(describing: failure))")
      return
    }
    holder.release()
  }
}

private final class Holder: Sendable {
  private let held: Mutex<[CheckedContinuation<Void, Never>]>
  init(_ held: consuming Mutex<[CheckedContinuation<Void, Never>]>) { self.held = held }
  func hold(_ continuation: CheckedContinuation<Void, Never>) {
    held.withLock { $0.append(continuation) }
  }
  func release() {
    for continuation in held.withLock({ $0 }) { continuation.resume() }
  }
}
