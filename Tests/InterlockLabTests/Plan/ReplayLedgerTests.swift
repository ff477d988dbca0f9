import Testing

@testable import InterlockLab

/// What is said at the end of a process whose environment asked for a schedule.
@Suite struct ReplayLedgerTests {
  private func complaint(
    of text: String = "lab1/CacheTests.42/12ab/2:2", _ meetings: ReplayLedger.Meeting...
  ) throws -> String? {
    var ledger = ReplayLedger()
    for meeting in meetings { ledger.met(meeting) }
    return ledger.complaint(of: try NamedSchedule(parsing: text))
  }

  @Test func `a process that explored nothing says nothing`() throws {
    #expect(try complaint() == nil)
  }

  @Test func `one that ran the schedule says nothing, whatever else there was`() throws {
    #expect(
      try complaint(
        .ofAnotherName("a"), .wentAnotherWay, .ofAnotherFile(build: "0000"), .ran) == nil)
  }

  @Test func `a name that nobody had is told with the only one there was`() throws {
    #expect(
      try complaint(.ofAnotherName("QueueTests.7"), .ofAnotherName("QueueTests.7"))
        == "INTERLOCK_LAB_REPLAY names CacheTests.42, and no exploration of this process had that name. "
        + "Nothing was replayed. There was QueueTests.7")
  }

  @Test func `of many names those that begin most like it are told first`() throws {
    let text = try complaint(
      .ofAnotherName("a"), .ofAnotherName("b"), .ofAnotherName("CacheTests.7"),
      .ofAnotherName("c"), .ofAnotherName("d"), .ofAnotherName("CacheTests.43"),
      .ofAnotherName("e"))
    #expect(text?.hasSuffix("There were CacheTests.43, CacheTests.7, a, b, c and 2 more") == true)
  }

  @Test func `names are told as a string has them`() throws {
    let text = try complaint(of: "lab1/a%20b//", .ofAnotherName("a/b"))
    #expect(text?.contains("names a%20b, ") == true && text?.hasSuffix("a%2Fb") == true)
  }

  @Test func `a name that was in another file only is told with both builds`() throws {
    let text = try complaint(.ofAnotherName("a"), .ofAnotherFile(build: "34cd"))
    #expect(
      text
        == "INTERLOCK_LAB_REPLAY names CacheTests.42, of build 12ab, and the exploration of that name is of build "
        + "34cd: another file or compiler. Nothing was replayed")
  }

  @Test func `a schedule that fitted none of those that share its name is told`() throws {
    let text = try complaint(.wentAnotherWay, .wentAnotherWay)
    #expect(text?.contains("took another way in each exploration of that name, 2 in all") == true)
  }
}
