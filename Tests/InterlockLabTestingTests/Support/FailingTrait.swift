import Testing

@testable import InterlockLab

/// A test that must record exactly one issue: it stands outside the trait under test, and sees what the runner would.
struct FailingTrait: TestTrait, SuiteTrait, TestScoping {
  /// What the text of the issue must have in it.
  let parts: [String]

  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let issues = try await IssueLog.collect { try await function() }
    #expect(issues.count == 1, "\(issues)", sourceLocation: test.sourceLocation)
    for issue in issues {
      #expect(issue.sourceLocation == test.sourceLocation, sourceLocation: test.sourceLocation)
      for part in parts {
        #expect("\(issue)".contains(part), "\(issue)", sourceLocation: test.sourceLocation)
      }
    }
  }
}

extension Trait where Self == FailingTrait {
  static func fails(telling parts: String...) -> Self { FailingTrait(parts: parts) }
}

/// The issues that something records, which are then none of the test's.
final class IssueLog: Sendable {
  private let issues = Shared<[Issue]>([])

  static func collect(
    _ body: @concurrent @Sendable () async throws -> Void
  ) async throws -> [Issue] {
    let log = IssueLog()
    let trait = IssueHandlingTrait.compactMapIssues { issue in
      // Others' issues come to every handler when they belong to no test.
      guard Test.current != nil else { return nil }
      log.issues.withLock { $0.append(issue) }
      return nil
    }
    let test = try #require(Test.current)
    try await trait.provideScope(for: test, testCase: Test.Case.current, performing: body)
    return log.issues.withLock { $0 }
  }
}
