import Testing

@Suite struct LockHistoryTests {
  private func history(_ lines: String...) -> LockHistory {
    var history = LockHistory()
    history.read(lines.joined(separator: "\n"))
    return history
  }

  @Test func `turns one after the other are well`() {
    #expect(history("A 1 0 1 2 10", "A 2 1 3 6 11", "R 1 5 10", "R 2 8 11").faults() == [])
  }

  @Test func `an overlap is seen`() {
    #expect(history("A 1 0 1 2 10", "A 2 1 3 4 11", "R 1 5 10", "R 2 8 11").faults().count == 1)
  }

  @Test func `one that was killed held it until then, and one that was not still does`() {
    var killed = history("A 1 0 1 2 10", "A 2 1 3 6 11", "R 2 8 11")
    #expect(killed.faults().count == 1)
    killed.killed(1, at: 5)
    #expect(killed.faults() == [])
    killed.killed(1, at: 7)
    #expect(killed.faults().count == 1)
  }

  @Test func `fences that go back are seen`() {
    #expect(history("A 1 0 3 2 11", "R 1 3 11", "A 2 1 4 6 10", "R 2 8 10").faults().count == 1)
  }

  @Test func `one that overtakes is seen`() {
    // The second asked when the first had its place already.
    #expect(history("A 2 5 6 7 10", "R 2 8 10", "A 1 0 1 9 11", "R 1 10 11").faults().count == 1)
    #expect(history("A 2 0 6 7 10", "R 2 8 10", "A 1 0 1 9 11", "R 1 10 11").faults() == [])
  }
}
