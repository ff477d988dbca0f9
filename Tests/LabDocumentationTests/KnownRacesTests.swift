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

  /// The schedule of a shape that the page shows, and what it says comes of it.
  private func shown(_ shape: Scenario) throws -> (schedule: String, output: String) {
    let blocks = try Page("KnownRaces").blocks(in: "")
    let name = shape.scheduleName(.unguarded)
    let place = try #require(
      blocks.firstIndex { $0.hasPrefix("\(Self.command)lab1/\(name)/") }, "no replay of \(name)")
    return (String(blocks[place].dropFirst(Self.command.count)), blocks[place + 1])
  }

  @Test(arguments: shapes.filter(\.endsProcess)) func `its replay dies as the page shows`(
    _ shape: Scenario
  ) async throws {
    let (schedule, output) = try shown(shape)
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [name = shape.name as String, schedule = schedule as String] in
      _ = try await Scenario.named(name).replay(.unguarded, schedule)
    }
    guard !Build.isOptimised else { return }
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let lines = errors.split(separator: "\n").map { Self.withoutBuild(String($0)) }
    for line in output.split(separator: "\n") {
      #expect(lines.contains(Self.withoutBuild(String(line))), "\(errors)")
    }
  }

  /// The line in the standard library, and the build of a replay string, are of whoever runs it.
  private static func withoutBuild(_ line: String) -> String {
    line.replacing(/\.swift:[0-9]+:/, with: ".swift:").replacing(
      /(lab1\/[^\/ ]*\/)[0-9a-f]{4}\//
    ) { match in "\(match.1)build/" }
  }

  @Test(arguments: shapes.filter { !$0.endsProcess }) func `its replay fails as the page shows`(
    _ shape: Scenario
  ) async throws {
    let (schedule, output) = try shown(shape)
    let report = try await shape.replay(.unguarded, schedule)
    #expect(!report.outcome.isPassed && report.outcome.isOfTheBody, "\(report.outcome)")
    // An optimised build has other steps.
    guard !Build.isOptimised else { return }
    let trace = try #require(report.trace).text(isFolded: true)
    #expect(
      Self.withoutWaits(output) == Self.withoutWaits(trace),
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
