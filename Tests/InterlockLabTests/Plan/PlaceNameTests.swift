import Testing

@testable import InterlockLab

@Suite struct PlaceNameTests {
  @Test(arguments: [
    ("CacheTests/CacheTests.swift", "CacheTests.42"), ("A/two words.swift", "two words.42"),
    ("main", "main.42"), ("", ".42"),
  ]) func `a place is its file and its line`(_ file: String, _ name: String) {
    #expect(PlaceName.of(file: file, line: 42) == name)
  }

  @Test(arguments: [nil, ""]) func `a plan without a name has that of the place`(_ name: String?) {
    var plan = Plan.default
    plan.name = name
    #expect(plan.named(file: "A/B.swift", line: 3).name == "B.3")
  }

  @Test func `a plan's own name counts`() {
    var plan = Plan.default
    plan.name = "own"
    #expect(plan.named(file: "A/B.swift", line: 3).name == "own")
  }
}
