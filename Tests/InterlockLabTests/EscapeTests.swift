import CInterlockLab
import InterlockLab
import InterlockLabConstructs
import Testing

/// Whatever leaves the lab is noticed, and changes nothing in a later run (lab.L-2).
@Suite struct EscapeTests {
  @Test(arguments: Escape.all)
  func `lab.L-2 whatever leaves the lab is noticed, each time`(_ escape: Escape) async {
    for seed in 0..<1000 as Range<UInt64> {
      let outcome = await escape.outcome(seed: seed)
      guard escape.isTold(by: outcome) else {
        Issue.record("seed \(seed): \(outcome)")
        return
      }
    }
  }

  @Test func `lab.L-2 a wake-up that comes after everything stood still is waited for`() async {
    for seed in 0..<100 as Range<UInt64> {
      let outcome = await Escape.whenAllStandStill.outcome(seed: seed)
      #expect(outcome == .escaped(function: "another thread", task: "leaver"))
    }
  }

  @Test func `lab.L-2 a run after one that was left is as it always is`() async {
    let plan = Plan.random(schedules: 20, seed: 3)
    for construct in Construct.all {
      let alone = await Lab.measure(plan) { lab in try await construct.body(lab) }
      for escape in Escape.all { _ = await escape.outcome(seed: 0) }
      let after = await Lab.measure(plan) { lab in try await construct.body(lab) }
      #expect(alone == after, "\(construct.name)")
      #expect(after.failures == 0, "\(construct.name)")
    }
  }

  /// A task of nobody in the lab, which a task of the lab wakes.
  @Test(arguments: [false, true])
  func `lab.L-2 a task outside that the lab wakes goes on outside`(isOnActor: Bool) async throws {
    for seed in 0..<1000 as Range<UInt64> {
      var plan = Plan.random(schedules: 1, seed: seed)
      // A continuation can be resumed once.
      plan.checkDeterminism = false
      let outsider = Outsider()
      let task = Task { isOnActor ? await outsider.waitHere() : await outsider.waitAnywhere() }
      let continuation = await outsider.arrival()
      let report = try await Lab.explore(plan) { _ in
        async let other: Void = Task.yield()
        continuation.resume()
        await Task.yield()
        await other
      }
      #expect(report.outcome == .passed)
      #expect(await task.value, "seed \(seed): it went on in the lab")
    }
  }
}

private actor Outsider {
  private nonisolated let (arrivals, arrived) = AsyncStream.makeStream(
    of: CheckedContinuation<Void, Never>.self)

  /// The continuation of the task that waits.
  nonisolated func arrival() async -> CheckedContinuation<Void, Never> {
    for await continuation in arrivals { return continuation }
    preconditionFailure("the stream has no end")
  }

  /// Tells whether it went on outside every lab.
  func waitHere() async -> Bool {
    await withCheckedContinuation { arrived.yield($0) }
    assertIsolated()
    return interlock_lab_current() == nil
  }

  @concurrent nonisolated func waitAnywhere() async -> Bool {
    await withCheckedContinuation { arrived.yield($0) }
    return interlock_lab_current() == nil
  }
}

extension Escape: CustomTestStringConvertible {
  package var testDescription: String { name }
}
