import InterlockCommandLine
import InterlockLab
import InterlockScenarios
import Synchronization
import Testing

@testable import InterlockLabCLI

@Suite struct LabProgramTests {
  @Test(arguments: [
    ([], ["lab"]), (["run", "x"], ["lab", "run", "x"]), (["lab", "run"], ["lab", "run"]),
    (["help"], ["help", "lab"]), (["--help"], ["help", "lab"]),
    (["help", "run"], ["help", "lab", "run"]), (["help", "lab", "run"], ["help", "lab", "run"]),
    (["--version"], ["--version"]),
  ]) func `with or without its first word, the same is meant`(
    _ typed: [String], _ meant: [String]
  ) {
    #expect(InterlockLabProgram.words(typed) == meant)
  }

  @Test(arguments: [
    ("list", ["--json"]),
    (
      "run",
      [
        "--schedules", "--seed", "--strategy", "--unguarded", "--variant", "--faults", "--jobs",
        "--isolate", "--in-process", "--keep-going", "--progress", "--json",
      ]
    ),
    ("replay", ["--full", "--columns", "--html", "--json"]),
    ("check", ["--schedules", "--seeds", "--json"]),
    ("measure", ["--schedules", "--seed", "--variant", "--unguarded", "--faults", "--json"]),
    ("doctor", ["--json"]),
  ]) func `the help of a command names each of its options`(
    _ command: String, _ options: [String]
  ) throws {
    let declaration = try #require(
      InterlockLabProgram.program.commands.map { $0.declaration }
        .first { $0.path == ["lab", command] })
    #expect(Set(declaration.options.map(\.name)) == Set(options))
    let help = HelpText.of(declaration)
    for option in options { #expect(help.contains("\n  \(option)"), "\(option)") }
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(help)")
  }

  @Test func `every example in a help is one its own parser takes`() throws {
    for command in InterlockLabProgram.program.commands {
      let words = command.declaration.example.split(separator: " ").map(String.init)
      #expect(words.starts(with: command.declaration.path))
      _ = try ArgumentParser(declaration: command.declaration)
        .parse(words.dropFirst(command.declaration.path.count))
    }
  }

  @Test func `the schedule in the help of replay fails`() async throws {
    let text = try #require(LabReplay.declaration.example.split(separator: " ").dropFirst(2).first)
    let report = try await Scenario.named("lock.singleton").replay(.unguarded, String(text))
    #expect(report.outcome == .failed("at most one instance does not hold"))
  }

  @Test(arguments: [
    ("cancel", [FaultWord.cancel]), ("slip,crash", [.crash, .slip]),
    ("cancel,crash,fail,slip", FaultWord.allCases),
  ]) func `faults are read and written`(_ text: String, _ words: [FaultWord]) throws {
    let read = try Option.faults.read(text)
    #expect(read == Set(words))
    #expect(try Option.faults.read(read.text) == read)
  }

  @Test(arguments: ["", "cancel,", "cancel crash", "CANCEL"])
  func `what is no list of faults is refused with those there are`(_ text: String) {
    let problem = #expect(throws: OptionProblem.self) { try Option.faults.read(text) }
    #expect(problem?.expected.contains("cancel, crash, fail, slip") == true)
  }

  @Test(
    arguments: [
      ("lock.singleton", [.cancel], ["crash to end", "fail could let fail"]),
      ("lock.crash-anywhere", [.cancel, .crash], ["fail could let fail"]),
      ("radio.failed-send", [.cancel, .fail], ["crash to end"]),
    ] as [(String, Set<FaultWord>, [String])])
  func `of faults with nothing to do a person is told, and they are left out`(
    _ name: String, _ useful: Set<FaultWord>, _ told: [String]
  ) throws {
    let warnings = Mutex<[String]>([])
    let console = Console(
      write: { _ in }, writeError: { text in warnings.withLock { $0.append(text) } },
      readLine: { nil }, isTerminal: false)
    let asked = Set<FaultWord>([.cancel, .crash, .fail])
    #expect(asked.useful(in: try Scenario.named(name), console) == useful)
    let texts = warnings.withLock { $0 }
    #expect(texts.count == told.count)
    for (text, part) in zip(texts, told) {
      #expect(text.contains("in \(name) ") && text.contains("--faults") && text.contains(part))
    }
  }

  @Test func `faults come on top of those a scenario plans`() throws {
    let scenario = try Scenario.named("lock.crash-anywhere")
    let asked = Set<FaultWord>([.cancel, .slip]).applied(to: .random(schedules: 1))
    let plan = scenario.plan(asked, .guarded)
    #expect(plan.faults == FaultPlan(cancellations: 1, crashes: 1))
    #expect(plan.time == .slipping(oneIn: 8))
  }
}
