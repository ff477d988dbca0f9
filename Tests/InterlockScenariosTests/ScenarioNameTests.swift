import InterlockScenarios
import Testing

@Suite struct ScenarioNameTests {
  @Test func `every scenario has a name of its own, with its system in front`() {
    let names = Scenario.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.split(separator: ".").count == 2, "\(name)") }
  }

  @Test func `a scenario is found by its name and by the end of it`() throws {
    #expect(try Scenario.named("lock.thundering-herd").name == "lock.thundering-herd")
    #expect(try Scenario.named("thundering-herd").name == "lock.thundering-herd")
    for scenario in Scenario.all {
      #expect(try Scenario.named(scenario.name).name == scenario.name)
    }
  }

  @Test(arguments: ["lock.thundring-herd", "thundring-herd"])
  func `a misspelt name is answered with the nearest`(_ name: String) {
    let error = #expect(throws: UnknownScenario.self) { try Scenario.named(name) }
    #expect(
      error?.description
        == "there is no scenario \(name); did you mean lock.thundering-herd?")
  }

  @Test func `a name like no other is answered with where to look`() {
    let error = #expect(throws: UnknownScenario.self) { try Scenario.named("quicksilver") }
    #expect(
      error?.description
        == "there is no scenario quicksilver; interlock lab list names them all")
  }

  @Test func `a part of a word is not the end of a name`() {
    #expect(throws: UnknownScenario.self) { try Scenario.named("herd") }
  }

  @Test func `a replay string tells its scenario and its form`() throws {
    for scenario in Scenario.all {
      for variant in scenario.variants {
        let found = try Scenario.of(scheduleName: scenario.scheduleName(variant))
        #expect(found.scenario.name == scenario.name)
        #expect(found.variant == variant)
      }
    }
    #expect(throws: UnknownScenario.self) {
      try Scenario.of(scheduleName: "lock.singleton.tempting")
    }
  }
}
