import Foundation
import InterlockWire
import TestSupport
import Testing

/// The lab from the command line, as a person meets it.
@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct LabCommandTests {
  @Test func `a race is found, and its string repeats it in another process`() throws {
    let found = try Program.run("lab", "run", "singleton", "--unguarded", "--json")
    #expect(found.status == 1, "\(found)")
    let object = try JSONValue(parsing: Array(found.output.utf8))
    #expect(object["scenario"]?.string == "lock.singleton")
    #expect(object["found"]?.bool == true)
    let schedule = try #require(object["replay"]?.string)
    let outcome = try #require(object["outcome"]?.string)

    let again = try Program.run("lab", "replay", schedule)
    #expect(again.status == 1, "\(again)")
    #expect(again.output.contains("✗ \(outcome)"))
    #expect(again.output.contains("← deviation"))

    let columns = try Program.run("lab", "replay", schedule, "--columns")
    #expect(columns.status == 1 && columns.output.contains("▶"), "\(columns)")

    let events = try Program.run("lab", "replay", schedule, "--json")
    let kinds = try events.output.split(separator: "\n").map {
      try JSONValue(parsing: Array($0.utf8))["event"]?.string
    }
    #expect(kinds.contains("step") && kinds.last == "failure", "\(kinds)")
  }

  @Test func `a race that ends its process is found by processes, and its string ends one`() throws
  {
    let found = try Program.run("lab", "run", "resume-twice", "--unguarded", "--json")
    #expect(found.status == 1, "\(found)")
    let object = try JSONValue(parsing: Array(found.output.utf8))
    let outcome = try #require(object["outcome"]?.string)
    #expect(outcome.contains("SWIFT TASK CONTINUATION MISUSE: request(_:)"), "\(outcome)")
    let listed = try Program.run("lab", "list", "--json").output.split(separator: "\n")
      .map { try JSONValue(parsing: Array($0.utf8)) }
      .first { $0["name"] == object["scenario"] }
    #expect(listed?["ends_process"]?.bool == true)
    let limit = try #require(listed?["found_within"]?.number?.exactly(Int.self))
    let schedules = try #require(object["schedules"]?.number?.exactly(Int.self))
    #expect((1...limit).contains(schedules))

    let schedule = try #require(object["replay"]?.string)
    for words in [["replay", schedule], ["run", "resume-twice", "--unguarded", "--in-process"]] {
      let ended = try Program.run(["lab"] + words)
      #expect(ended.status == SIGILL || ended.status == SIGTRAP, "\(ended)")
      #expect(ended.errors.contains(" Replay: \(schedule)\n"), "\(ended)")
    }
  }

  @Test func `a race that ends its process is checked and measured, and ends neither`() throws {
    let checked = try Program.run("lab", "check", "resume-twice", "--schedules", "100")
    #expect(checked.status == 0 && checked.errors == "", "\(checked)")
    #expect(checked.output.split(separator: "\n").count == 2)

    let measured = try Program.run(
      "lab", "measure", "resume-twice", "--schedules", "500", "--json")
    #expect(measured.status == 0 && measured.errors == "", "\(measured)")
    let rows = try measured.output.split(separator: "\n").map {
      try JSONValue(parsing: Array($0.utf8))
    }
    #expect(rows.count == 7)
    #expect(rows.allSatisfy { ($0["first"]?.number?.exactly(Int.self) ?? 0) > 0 }, "\(measured)")
  }

  @Test func `a page draws the trace`() throws {
    let directory = try TemporaryDirectory()
    let found = try Program.run("lab", "run", "lock.singleton", "--unguarded", "--json")
    let schedule = try #require(JSONValue(parsing: Array(found.output.utf8))["replay"]?.string)
    let page = directory("trace.html")
    #expect(try Program.run("lab", "replay", schedule, "--html", page).status == 1)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.hasPrefix("<!DOCTYPE html>") && text.contains(schedule))
    #expect(text.contains("step deviating"))
    #expect(!text.contains("http"), "the page fetches something")
  }

  @Test func `a guard survives, also in two processes`() throws {
    for words in [["--schedules", "500"], ["--schedules", "500", "--jobs", "2"]] {
      let result = try Program.run(["lab", "run", "lock.singleton", "--json"] + words)
      #expect(result.status == 0, "\(result)")
      let object = try JSONValue(parsing: Array(result.output.utf8))
      #expect(object["schedules"]?.number?.exactly(Int.self) == 500)
    }
  }

  @Test func `two processes find what one finds, and it is repeated here`() throws {
    let result = try Program.run(
      "lab", "run", "lock.singleton", "--unguarded", "--strategy", "random", "--jobs", "2")
    #expect(result.status == 1, "\(result)")
    #expect(result.output.contains("replay: interlock lab replay 'lab1/lock.singleton.unguarded/"))
    #expect(result.output.contains("✗ at most one instance does not hold"))
  }

  @Test(arguments: [
    (["run", "lock.singletn"], 65, "did you mean lock.singleton?"),
    (["run"], 64, "needs NAME"),
    (["run", "lock.singleton", "--variant", "tempting"], 65, "it has unguarded, guarded"),
    (["run", "lock.singleton", "--strategy", "luck"], 64, "must be portfolio"),
    (
      ["run", "lock.singleton", "--strategy", "exhaustive:1", "--jobs", "2"], 64, "leave --jobs out"
    ),
    (["run", "resume-twice", "--in-process", "--isolate"], 64, "give one of them"),
    (["replay", "lab1/nothing"], 65, "there is no scenario nothing"),
    (["replay", "lab1/lock.singleton.guarded//1"], 65, "is not decision:choice"),
    (["replay", "lab1/lock.singleton.guarded//99:2"], 1, "decision 99 never came"),
    (["run", "lock.singleton", "--faults", "cancle"], 64, "some of cancel, crash, fail, slip"),
    (["frobnicate"], 64, "there is no command"),
  ])
  func `what cannot be is refused with the way out`(
    words: [String], status: Int32, remedy: String
  ) throws {
    let result = try Program.run(["lab"] + words)
    #expect(result.status == status, "\(result)")
    #expect(result.errors.contains(remedy), "\(result.errors)")
  }

  @Test func `every probe of the runtime passes, and says so`() throws {
    let result = try Program.run("lab", "doctor")
    #expect(result.status == 0 && result.output.contains("ok   actor\n"), "\(result)")
  }

  @Test func `every race is listed with its question`() throws {
    let result = try Program.run("lab", "list", "--json")
    let names = try result.output.split(separator: "\n").map {
      try JSONValue(parsing: Array($0.utf8))["name"]?.string
    }
    #expect(names.contains("lock.clear-locks") && names.contains("radio.duty-cycle"), "\(names)")
  }

  @Test func `a few races are measured under each strategy`() throws {
    let result = try Program.run("lab", "measure", "lock.singleton", "--schedules", "200", "--json")
    let rows = try result.output.split(separator: "\n").map {
      try JSONValue(parsing: Array($0.utf8))
    }
    #expect(
      rows.compactMap { $0["strategy"]?.string } == [
        "portfolio", "random", "pct:2", "pct:3", "uniform", "pos", "exhaustive:1",
      ])
    #expect(rows.allSatisfy { ($0["failures"]?.number?.exactly(Int.self) ?? 0) > 0 })
  }

  @Test func `the check looks at both sides of each race`() throws {
    let result = try Program.run(
      "lab", "check", "lock.singleton", "clear-locks", "--schedules", "100", "--seeds", "1")
    #expect(result.status == 0, "\(result)")
    #expect(result.output.split(separator: "\n").count == 5)
  }
}
