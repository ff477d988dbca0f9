import InterlockScenarios
import Testing

@testable import InterlockLab

/// The page of well-known races, one for each scenario of a shape.
@Suite struct KnownRacesTests {
  private static let shapes = Scenario.all.filter { $0.name.hasPrefix("shape.") }
  private static let command = "interlock lab replay "

  @Test(arguments: shapes) func `the page tells where each was reported`(
    _ shape: Scenario
  ) throws {
    let text = try Page("KnownRaces").text
    let source = try #require(shape.source)
    #expect(text.contains("(`\(shape.name)`)"))
    #expect(text.contains("*Source:* \(source)"), "*Source:* \(source)")
    #expect(text.contains(shape.question))
  }

  @Test(arguments: shapes) func `its replay fails as the page shows`(
    _ shape: Scenario
  ) async throws {
    let blocks = try Page("KnownRaces").blocks(in: "")
    let name = shape.scheduleName(.unguarded)
    let place = try #require(
      blocks.firstIndex { $0.hasPrefix("\(Self.command)lab1/\(name)/") }, "no replay of \(name)")
    let schedule = String(blocks[place].dropFirst(Self.command.count))
    let report = try await shape.replay(.unguarded, schedule)
    #expect(!report.outcome.isPassed && report.outcome.isOfTheBody, "\(report.outcome)")
    // An optimised build has other steps.
    guard !Build.isOptimised else { return }
    let trace = try #require(report.trace).text(isFolded: true)
    #expect(
      Self.withoutWaits(blocks[place + 1]) == Self.withoutWaits(trace),
      "the page should say:\n\(trace)")
  }

  /// In what words a deadlock is told is held by the lab's own tests.
  private static func withoutWaits(_ trace: String) -> String {
    trace.firstRange(of: "✗ deadlock").map { String(trace[..<$0.lowerBound]) } ?? trace
  }

  @Test func `it shows every shape, and nothing twice`() throws {
    #expect(try Page("KnownRaces").blocks.count == 2 * Self.shapes.count)
  }
}
