internal import InterlockLab
public import Testing

/// Runs a test under many schedules: `@Test(.explored(schedules: 1_000))`.
///
/// Whatever would make the test fail, or a task that never ends, fails the schedule. Then one issue is recorded, where
/// the test stands: the first message, in which schedule, its replay string, and the trace of the schedule made small.
/// ``Lab/current`` is the lab inside the test.
///
/// The test runs from its beginning in each schedule, so it makes everything anew; in the lab, time is virtual and the
/// main actor is the lab's. Each case of a test with arguments is explored by itself. On a suite the trait is
/// inherited by every test; where several meet, the innermost one counts.
///
/// A known issue or a warning inside a schedule fails nothing, and is not told. What a detached task records belongs to
/// no test: it fails the schedule, but Swift Testing tells it as well.
public struct ExploredTrait: TestTrait, SuiteTrait, TestScoping {
  enum Search: Sendable {
    case plan(Plan)
    /// A schedule that failed once, then some others.
    case replay(String, then: Plan)
  }

  let search: Search

  /// Every test of a suite inherits it.
  public var isRecursive: Bool { true }

  /// Explores a test, or a case of it.
  public func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard Lab.current == nil else {
      // An inherited trait has begun, with the plan of the innermost.
      return try await function()
    }
    let body = unsafe escaping(function)
    let innermost = test.traits.compactMap { $0 as? ExploredTrait }.last ?? self
    do {
      try await Self.swallowing.provideScope(for: test, testCase: testCase) {
        try await innermost.search.run(test, body)
      }
    } catch {
      Issue.record("\(error)", sourceLocation: test.sourceLocation)
    }
  }

  /// Turns issues into failures of the schedule that runs.
  private static var swallowing: IssueHandlingTrait {
    .compactMapIssues { issue in
      guard issue.isFailure else { return Lab.current == nil ? issue : nil }
      let place = issue.sourceLocation
      if Lab.fail(issue.inOneText, file: place?.fileID ?? "", line: place?.line ?? 0) { return nil }
      // One without a test reaches the handlers of all tests that run: it is none of this one's.
      return Test.current == nil ? nil : issue
    }
  }
}

extension ExploredTrait.Search {
  /// - Throws: why the test fails.
  func run(_ test: Test, _ body: @escaping @concurrent @Sendable () async throws -> Void)
    async throws
  {
    let file = test.sourceLocation.fileID
    var plan: Plan
    switch self {
    case .plan(let whole): plan = whole
    case .replay(let schedule, let rest):
      plan = rest
      let report = try await Lab.replay(schedule, strictly: false, file: file) { _ in
        try await body()
      }
      guard report.outcome.isPassed else { throw KeptScheduleFailure(report: report) }
    }
    try await Lab.explore(plan.named(after: test), file: file) { _ in try await body() }
  }
}

extension Plan {
  /// The plan of a test, or of one of its cases.
  func named(after test: Test) -> Plan {
    var plan = self
    plan.name = PlanName.of(test.name, line: test.sourceLocation.line)
    // Its cases have the same name.
    plan.sharesName = test.isParameterized
    return plan
  }
}

/// The schedule of ``Testing/Trait/replayed(_:)`` fails.
struct KeptScheduleFailure: Error, CustomStringConvertible {
  let report: Report

  var description: String {
    """
    \(report.outcome)
    in the schedule that is kept with the test
    replay: \(report.schedule ?? "-")
    \(report.trace.map(String.init(describing:)) ?? "")
    """
  }
}

extension Issue {
  /// What it says, and where.
  fileprivate var inOneText: String {
    let text = (["\(kind)"] + comments.map(\.rawValue)).joined(separator: ": ")
    guard let place = sourceLocation else { return text }
    return "\(text) (\(place.fileID):\(place.line))"
  }
}

/// Lets a closure outlive the call it was handed to.
///
/// Swift Testing hands over one on the heap, though the type does not say so. A task that a schedule leaves behind may
/// keep it, so `withoutActuallyEscaping` would trap.
@unsafe private func escaping(
  _ function: @concurrent @Sendable () async throws -> Void
) -> @concurrent @Sendable () async throws -> Void {
  typealias Function = @concurrent @Sendable () async throws -> Void
  func identity(_ function: @escaping Function) -> Function { function }
  let cast = unsafe unsafeBitCast(
    identity as (@escaping Function) -> Function, to: ((Function) -> Function).self)
  return cast(function)
}
