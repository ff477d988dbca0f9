import InterlockCommandLine
import Testing

@testable import InterlockLabCLI

@Suite struct PartBoardTests {
  private func board(keepsGoing: Bool = false) -> PartBoard {
    var board = PartBoard(
      PartList(.random, schedules: 3000, seed: 0, size: 1000), keepsGoing: keepsGoing)
    for number in 0..<2 {
      let part = board.start()
      #expect(part?.number == number)
    }
    return board
  }

  private func result(_ schedules: Int, found: Bool = false, failures: String = "null") -> String {
    """
    {"schedules":\(schedules),"steps":\(schedules * 10),"complete":false,"found":\(found),\
    "failures":\(failures),"outcome":"it broke","strategy":"random","replay":"lab1/x//#0000"}
    """
  }

  @Test func `what runs and what has ended is added up`() throws {
    var board = board()
    board.printed(#"{"schedules":64,"steps":640}"#, by: 0)
    board.printed(#"{"schedules":500,"steps":5000}"#, by: 1)
    #expect(board.schedules == 564)
    board.printed(result(1000), by: 0)
    try board.ended(0, status: 0)
    #expect(board.schedules == 1500 && board.steps == 15_000)
    #expect(!board.isOver && board.found == nil)
    let (last, none) = (board.start(), board.start())
    #expect(last?.number == 2 && none == nil)
  }

  @Test func `the first failure ends it`() throws {
    var board = board()
    board.printed(result(12, found: true), by: 1)
    try board.ended(1, status: 1)
    let next = board.start()
    #expect(board.isOver && next == nil)
    let found = try #require(board.found)
    #expect(found.outcome == "it broke" && found.schedule == "lab1/x//#0000" && !found.isDeadly)
  }

  @Test func `counted, failures add up, and the first part's is told`() throws {
    var board = board(keepsGoing: true)
    board.printed(result(1000, found: true, failures: "30"), by: 1)
    try board.ended(1, status: 1)
    board.printed(result(1000, found: true, failures: "12"), by: 0)
    try board.ended(0, status: 1)
    #expect(board.failures == 42 && !board.isOver)
    #expect(board.found?.part == 0)
    let next = board.start()
    #expect(next?.number == 2)
  }

  @Test func `one that dies in a schedule has found a failure, with its string`() throws {
    var board = board()
    board.printed(#"{"schedules":128,"steps":640}"#, by: 0)
    let isShown = board.complained("A.swift:7: Fatal error: saw it half done", by: 0)
    #expect(isShown)
    let isNoteShown = board.complained(
      "lab: the process died inside a schedule. Replay: lab1/x//2:2", by: 0)
    #expect(!isNoteShown)
    try board.ended(0, status: 128 + 4)
    let found = try #require(board.found)
    #expect(
      found.outcome
        == "the process died of signal 4: A.swift:7: Fatal error: saw it half done")
    #expect(found.schedule == "lab1/x//2:2" && found.isDeadly)
    #expect(board.schedules == 128)
  }

  @Test(arguments: [
    "A.swift:7: Fatal error: saw it", "A.swift:7: Precondition failed: saw it",
    "A.swift:7: Assertion failed: saw it",
  ]) func `its last words are those of the standard library`(_ words: String) throws {
    var board = board()
    for line in ["before", words, "Current stack trace:"] { _ = board.complained(line, by: 0) }
    _ = board.complained("lab: the process died in step 3. Replay: lab1/x//2:2", by: 0)
    try board.ended(0, status: 128 + 4)
    #expect(board.found?.outcome == "the process died of signal 4: \(words)")
  }

  @Test func `one that a step blocks says so`() throws {
    var board = board()
    _ = board.complained("lab: a step does not end. Replay: lab1/x//", by: 1)
    try board.ended(1, status: 128 + 6)
    #expect(board.found?.outcome == "the process died of signal 6: a step does not end.")
  }

  @Test(arguments: [(128 + 9, "was ended by signal 9"), (65, "ended with status 65")])
  func `one that is ended from outside, or has no result, tells nothing`(
    _ status: Int32, _ what: String
  ) {
    var board = board()
    let failure = #expect(throws: CommandFailure.self) { try board.ended(0, status: status) }
    #expect(failure?.what.contains(what) == true)
  }
}
