import CInterlockLab
import Testing

@testable import InterlockLab

/// What the tutorial shows is what happens.
@Suite struct FindingARaceTests {
  private let page: Page

  init() throws { page = try Page("FindingARace") }

  @Test func `its code is compiled, to the letter`() throws {
    let pieces = try Repository.shownPieces(
      "Tests/LabDocumentationTests/FindingARaceCode.swift")
    #expect(pieces.count == 7)
    #expect(page.blocks(in: "swift") == pieces)
  }

  @Test func `the failure is told as it says`() async throws {
    let failure = try #require(
      await #expect(throws: LabFailure.self) { try await exploreIt() })
    try expectOutput(0, withoutBuild("\(failure)"), seed: failure.plan.seed)
  }

  @Test func `the replay prints what it says`() async throws {
    var printed = ""
    try await repeatIt { printed += $0 }
    try expectOutput(1, printed)
  }

  @Test func `after the fix no schedule fails, and there are as many as it says`() async throws {
    var printed = ""
    try await Fixed.exploreAll { printed += $0 }
    try expectOutput(2, printed)
  }

  /// The page has it as its `index`-th output, in a debug build: an optimised one has other steps.
  private func expectOutput(_ index: Int, _ output: String, seed: UInt64 = 0) throws {
    let shown = page.blocks(in: "")
    try #require(shown.count == 3)
    guard !Build.isOptimised else { return }
    let same = output.replacing("SEED=\(seed)", with: "SEED=0")
    #expect(withoutBuild(shown[index]) == same, "the page should say:\n\(same)")
  }

  /// The build and the check of a replay string are of whoever runs it.
  private func withoutBuild(_ text: String) -> String {
    text.replacing(/(lab1\/[^\/ ]*\/)[0-9a-f]{4}(\/[^#\s]*#)[0-9a-f]{4}/) { match in
      "\(match.1)build\(match.2)check"
    }
  }
}

/// What the pages say of a runtime that the lab does not know.
@Suite struct RefusalTests {
  @Test func `the refusal names the missing control as the page does`() throws {
    let refusal = try #require(
      SelfCheck(without: UInt32(INTERLOCK_LAB_WITHOUT_ACTORS)).refusal)
    let shown = try #require(Page("HowItWorks").blocks(in: "").first)
    // What the probes say in between changes with what they try.
    for text in [refusal, shown] {
      #expect(text.hasPrefix("the lab has no control over "), "\(refusal)")
      #expect(text.contains("; actor: ") || text.contains("over actor: "), "\(refusal)")
    }
    let end = refusal.firstRange(of: ". It is made for").map { refusal[$0.lowerBound...] }
    #expect(shown.hasSuffix(try #require(end)), "\(refusal)")
  }
}
