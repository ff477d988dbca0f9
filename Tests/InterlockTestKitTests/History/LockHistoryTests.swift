import Interlock
import InterlockTestKit
import Testing

/// Made-up histories: what cannot be is found, and nothing else.
@Suite struct LockHistoryTests {
  /// What is judged: words as a log has them, with times in milliseconds.
  private static func history(_ lines: String...) -> LockHistory {
    var history = LockHistory()
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard let process = words.first.flatMap({ Int($0) }), words.count >= 3,
        let kind = LockEventRecord.Kind(rawValue: words[1]), let time = Int64(words[2])
      else {
        Issue.record("no event: \(line)")
        continue
      }
      func number(_ place: Int) -> UInt64? {
        place < words.count ? UInt64(words[place]) : nil
      }
      history.add(
        LockEventRecord(
          process: process, kind, at: instant(time), fence: number(3).map { Fence($0) },
          other: number(4).map { instant(Int64($0)) }))
    }
    return history
  }

  private static func instant(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  private func overlaps(_ history: LockHistory) -> Int {
    history.faults().count { $0.isOverlap }
  }

  private func faults(_ history: LockHistory, slack: Duration? = nil) -> [String] {
    history.faults(slack: slack).map(\.description)
  }

  @Test func `locks.M3 turns one after the other are well, whoever wrote first`() {
    let history = Self.history(
      "2 waiting 1", "1 waiting 0", "1 entered 2 10", "2 entered 6 11", "1 left 6", "2 left 8")
    #expect(faults(history, slack: .zero) == [])
    #expect(history.grants.map(\.process) == [1, 2])
    #expect(history.longestWait == .milliseconds(5))
  }

  @Test func `locks.M3 an overlap is found, and told by how much`() {
    let history = Self.history(
      "1 waiting 0", "1 entered 2 10", "2 waiting 1", "2 entered 4 11", "1 left 5", "2 left 8")
    #expect(
      faults(history) == [
        "request 0 of process 2 got in 1.0 ms before request 0 of process 1 was out"
      ])
    #expect(overlaps(history) == 1)
  }

  @Test func `locks.M3 a long holder is not forgotten over a short one`() {
    let history = Self.history(
      "1 waiting 0", "1 entered 1 10", "2 waiting 0", "2 entered 2 11", "2 left 3", "3 waiting 0",
      "3 entered 5 12", "3 left 6", "1 left 9")
    #expect(
      faults(history) == [
        "request 0 of process 2 got in 7.0 ms before request 0 of process 1 was out",
        "request 0 of process 3 got in 4.0 ms before request 0 of process 1 was out",
      ])
  }

  @Test func `locks.M3 one that was ended held it until then, and one that was not still does`() {
    func faults(_ end: String...) -> [String] {
      var history = Self.history(
        "1 waiting 0", "1 entered 2 10", "2 waiting 1", "2 entered 6 11", "2 left 8")
      for end in end { history.read(end) }
      return self.faults(history)
    }
    #expect(faults() == ["request 0 of process 2 got in while request 0 of process 1 has it"])
    #expect(faults("1 0 ended 5000000 - -") == [])
    #expect(faults("1 0 ended 7000000 - -").count == 1)
  }

  @Test(arguments: [
    // It could prove the lock until 5, noticed the loss at 5, somebody was about to take it away at 5.
    ("1 proved 3 10 5", 0), ("1 lost 5", 0), ("3 revoking 5", 0),
    // The same, only later than the next came; and what does not end a claim.
    ("1 proved 3 10 7", 1), ("1 lost 7", 1), ("3 revoking 7", 1), ("1 revoking 5", 1),
    ("3 revoking 1", 1), ("1 accepted 5 10 4", 1),
  ])
  func `locks.M3 a claim ends when its holder can no longer prove it, or it was taken away`(
    event: String, count: Int
  ) {
    let history = Self.history(
      "1 waiting 0", "1 entered 2 10", event, "2 waiting 1", "2 entered 6 11", "2 left 8",
      "1 left 9")
    #expect(overlaps(history) == count)
  }

  @Test func `locks.M3 a grant that its holder learned of after its end claims nothing`() {
    func history(_ end: Int) -> LockHistory {
      Self.history(
        "1 waiting 0", "2 waiting 1", "2 entered 4 11", "1 entered 5 10", "1 proved 5 10 \(end)",
        "2 left 8", "1 left 9")
    }
    #expect(faults(history(5)) == [])
    #expect(faults(history(6)).count == 2)
  }

  @Test func `locks.M3 fences that do not grow are found`() {
    func history(_ first: Int, _ second: Int) -> LockHistory {
      Self.history(
        "1 waiting 0", "1 entered 2 \(first)", "1 left 3", "2 waiting 1", "2 entered 6 \(second)",
        "2 left 8")
    }
    #expect(
      faults(history(11, 10)) == [
        "request 0 of process 2 has fence 10, and request 0 of process 1 before it had 11"
      ])
    #expect(faults(history(10, 10)).count == 1)
    #expect(faults(history(10, 11)) == [])
  }

  @Test func `locks.M3 a stale write that was taken is found, and one that was refused is well`() {
    func faults(_ stale: String) -> [String] {
      self.faults(
        Self.history(
          "1 waiting 0", "1 entered 1 10", "1 lost 3", "2 waiting 0", "2 entered 4 11",
          "2 accepted 6 11 5", "2 left 6", stale))
    }
    #expect(
      faults("1 accepted 9 10 8") == [
        "a write of process 1 under fence 10 was taken after one under 11"
      ])
    #expect(faults("1 refused 9 10 8") == [])
    // Asked before the newer one was answered: which came first cannot be told.
    #expect(faults("1 accepted 9 10 6") == [])
    #expect(faults("1 accepted 4 10 3") == [])
  }

  @Test
  func `locks.M3 one that overtakes is found, once it has asked later by more than the slack`() {
    func history(_ asked: Int) -> LockHistory {
      Self.history(
        "1 waiting 0", "2 waiting \(asked)", "2 entered 20 10", "2 left 21", "1 entered 30 11",
        "1 left 31")
    }
    #expect(
      faults(history(8), slack: .milliseconds(5)) == [
        "request 0 of process 2 got in before request 0 of process 1, which had asked first"
      ])
    #expect(faults(history(5), slack: .milliseconds(5)) == [])
    #expect(faults(history(8)) == [])
  }

  @Test func `locks.M3 a place in line that is known needs no slack`() {
    func history(_ queued: Int) -> LockHistory {
      Self.history(
        "1 waiting 0", "1 queued \(queued)", "2 waiting 5", "2 entered 20 10", "2 left 21",
        "1 entered 30 11", "1 left 31")
    }
    #expect(faults(history(4), slack: .seconds(60)).count == 1)
    #expect(faults(history(6), slack: .zero) == [])
  }

  @Test func `locks.M3 one that never got an answer is found, unless it was ended`() {
    #expect(
      faults(Self.history("1 waiting 0")) == ["request 0 of process 1 never got an answer"])
    #expect(faults(Self.history("1 waiting 0", "1 failed 4")) == [])
    #expect(faults(Self.history("1 waiting 0", "1 lost 4")) == [])
    #expect(faults(Self.history("1 waiting 0", "1 ended 4")) == [])
  }
}
