import Interlock
import InterlockTestKit
import Testing

/// The lines of a log.
@Suite struct LockEventRecordTests {
  @Test(arguments: LockEventRecord.Kind.allCases)
  func `locks.M3 an event is read as it was written`(kind: LockEventRecord.Kind) {
    let plain = LockEventRecord(process: 3, kind, at: Instant(nanoseconds: 5))
    let full = LockEventRecord(
      process: 3, request: 7, kind, at: Instant(nanoseconds: 5), fence: Fence(.max),
      other: Instant(nanoseconds: 9))
    for event in [plain, full] { #expect(LockEventRecord("\(event)") == event) }
  }

  @Test func `locks.M3 a line that was torn is none, wherever that was`() {
    let line = "3 7 accepted 500 1790000000000000 400"
    #expect(LockEventRecord(line) != nil)
    // Cut within its last word it cannot be told from a whole one: lines are written in one piece.
    for count in 0...line.count - "400".count {
      #expect(LockEventRecord(String(line.prefix(count))) == nil, "\(line.prefix(count))")
    }
    for other in ["", "x", line + " ", " " + line, "3 7 slept 500 - -", "3 7 left 500 - x"] {
      #expect(LockEventRecord(other) == nil, "\(other)")
    }
  }

  @Test func `locks.M3 a text is read line by line, and what is no event is left out`() {
    var history = LockHistory()
    history.read("1 0 waiting 0 - -\nnote\n1 0 entered 5 9 -\n1 0 left 8 9 -\n1 1 wait")
    #expect(history.turns.count == 1)
    #expect(history.grants.map(\.fence) == [Fence(9)])
    #expect(history.faults() == [])
  }
}
