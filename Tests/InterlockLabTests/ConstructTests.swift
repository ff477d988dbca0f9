import InterlockLab
import InterlockLabConstructs
import Testing

/// Every construct of Swift concurrency runs in the lab as it is, and never leaves it (lab.L-1).
///
/// The other forms of linking and optimisation are tried by `make lab-forms`.
@Suite struct ConstructTests {
  @Test(arguments: Construct.all)
  func `lab.L-1 every construct stays in the lab, whatever the schedule`(_ construct: Construct)
    async throws
  {
    let report = try await Lab.explore(.random(schedules: 50, seed: 1)) { lab in
      try await construct.body(lab)
    }
    #expect(report.schedules == 50)
    #expect(report.steps >= 50)
  }

  @Test func `every construct has a name of its own`() {
    #expect(Set(Construct.all.map(\.name)).count == Construct.all.count)
  }
}

extension Construct: CustomTestStringConvertible {
  package var testDescription: String { name }
}
