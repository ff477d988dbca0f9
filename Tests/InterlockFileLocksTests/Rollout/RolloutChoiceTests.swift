import InterlockFileLocks
import Testing

@Suite struct RolloutChoiceTests {
  private func choice(
    _ option: RolloutMode? = nil, variable: String? = nil, configuration: RolloutMode? = nil,
    standard: RolloutMode = .native
  ) throws -> RolloutChoice {
    try RolloutChoice(
      option: option, configuration: configuration, standard: standard,
      environment: { $0 == "USE_NEW_LOCKS" ? variable : nil })
  }

  @Test
  func `the option counts before the environment, that before the file, that before the rest`()
    throws
  {
    let all = try choice(.legacy, variable: "bridge", configuration: .native, standard: .native)
    #expect(all.mode == .legacy && all.source == .option)
    let variable = try choice(variable: "bridge", configuration: .native)
    #expect(variable.mode == .bridge && variable.source == .environment)
    let file = try choice(configuration: .legacy, standard: .bridge)
    #expect(file.mode == .legacy && file.source == .configuration)
    let nothing = try choice(standard: .bridge)
    #expect(nothing.mode == .bridge && nothing.source == .standard)
    #expect(try choice().mode == .native)
    #expect(try choice(variable: "", configuration: .legacy).source == .configuration)
  }

  @Test(arguments: [
    ("legacy", RolloutMode.legacy), ("Bridge", .bridge), ("NATIVE", .native), ("true", .native),
    ("TRUE", .native), ("False", .legacy),
  ])
  func `the variable says a mode in any case, or what the older programs' switch says`(
    text: String, mode: RolloutMode
  ) throws {
    #expect(try choice(variable: text).mode == mode)
  }

  @Test(arguments: ["1", "yes", "bridges", " true", "both", "\u{1B}[2J"])
  func `anything else is refused, with the variable, the value and the values there are`(
    text: String
  ) throws {
    // An option does not hide it: the next program would stumble over it.
    for option in [nil, RolloutMode.native] {
      let problem = #expect(throws: RolloutChoice.Problem.self) {
        try choice(option, variable: text)
      }
      let said = try #require(problem)
      #expect(said.variable == "USE_NEW_LOCKS" && said.value == text)
      #expect("\(said)".hasPrefix("USE_NEW_LOCKS is \"") && !"\(said)".contains("\u{1B}"))
      for word in ["legacy", "bridge", "native", "false", "true"] {
        #expect(said.remedy.contains(word))
      }
    }
  }
}
