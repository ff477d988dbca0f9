import Interlock
import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockFileLocks

/// A kernel that names any lock that is in the way.
private struct Kernel {
  var locks: [RecordLock]
  var random: SeededGenerator
  var questions = 0

  mutating func conflict(with asked: RecordLock) -> RecordLock? {
    questions += 1
    return locks.filter {
      $0.start < asked.end && asked.start < $0.end
        && !($0.kind == .shared && asked.kind == .shared)
    }.randomElement(using: &random)
  }
}

@Suite struct SearchTests {
  /// Locks of strangers: tickets, runs of tickets of one owner, and those who only wait at a ticket's end.
  private func locks(_ random: inout SeededGenerator, around base: UInt64) -> (
    [RecordLock], [UInt64: RecordLock.Kind]
  ) {
    var locks: [RecordLock] = []
    var tickets: [UInt64: RecordLock.Kind] = [:]
    var ticket = base
    for _ in 0..<Int.random(in: 0..<8, using: &random) {
      ticket += UInt64(Int.random(in: 1..<5, using: &random))
      let kind: RecordLock.Kind = Bool.random(using: &random) ? .shared : .exclusive
      switch Int.random(in: 0..<3, using: &random) {
      case 0: locks.append(TicketRange.death(ticket, kind))
      case 1:
        locks.append(TicketRange.whole(ticket, kind))
        tickets[ticket] = kind
      default:
        // One owner's tickets side by side are one lock, here with the end that it waits for before them.
        locks.append(
          RecordLock(kind, start: TicketRange.start(ticket) - 1, length: 5))
        tickets[ticket] = kind
        tickets[ticket + 1] = kind
        ticket += 1
      }
    }
    return (locks, tickets)
  }

  @Test(.tags(.property)) func `the nearest ticket in the way is found, whatever is named first`() {
    for seed in 0..<UInt64(Schedules.count(2000)) {
      var random = SeededGenerator(seed: seed)
      let base: UInt64 = 1_790_000_000_000_000
      let (locks, tickets) = locks(&random, around: base)
      let mine = base + UInt64(Int.random(in: 0..<40, using: &random))
      let kind: RecordLock.Kind = Bool.random(using: &random) ? .shared : .exclusive
      let ousted = Set(tickets.keys.filter { _ in Int.random(in: 0..<5, using: &random) == 0 })
      let expected = tickets.filter {
        $0.key < mine && !ousted.contains($0.key)
          && (kind == .exclusive || $0.value == .exclusive)
      }.keys.max()
      var kernel = Kernel(locks: locks, random: random)
      var search = NearestSearch(before: mine, kind) { ousted.contains($0) }
      while let question = search.next() { search.answer(kernel.conflict(with: question)) }
      #expect(search.found?.ticket == expected, "seed \(seed)")
      if let found = search.found { #expect(found.kind == tickets[found.ticket], "seed \(seed)") }
      #expect(kernel.questions <= 120, "seed \(seed)")
    }
  }

  @Test func `in a long line of strangers the nearest takes few questions`() {
    let base: UInt64 = 1_790_000_000_000_000
    let locks = (0..<1000).map { TicketRange.whole(base + $0, .exclusive) }
    // As the kernel does: it names the one that came first.
    var questions = 0
    var search = NearestSearch(before: base + 1000, .exclusive) { _ in false }
    while let question = search.next() {
      questions += 1
      search.answer(locks.first { $0.start < question.end && question.start < $0.end })
    }
    #expect(search.found?.ticket == base + 999)
    #expect(questions == 3)
  }

  @Test(.tags(.property)) func `a walk finds all locks, in order`() {
    for seed in 0..<UInt64(Schedules.count(500)) {
      var random = SeededGenerator(seed: seed)
      let (locks, _) = locks(&random, around: 1000)
      let (low, high) = (TicketRange.start(1003), TicketRange.start(1015))
      var kernel = Kernel(locks: locks, random: random)
      var walk = RangeWalk(from: low, to: high)
      while let question = walk.next() { walk.answer(kernel.conflict(with: question)) }
      let covered = walk.found.flatMap { Array($0.start..<$0.end) }
      let expected = locks.filter { $0.start < high && low < $0.end }
        .flatMap { Array(max(low, $0.start)..<min(high, $0.end)) }
      #expect(Set(covered) == Set(expected), "seed \(seed)")
      #expect(covered == covered.sorted(), "seed \(seed)")
    }
  }

  @Test func `a slot is read as it was written, and never more than it holds`() throws {
    let session = LockSessionFixture.session
    let words = SlotRecord.words(
      SlotRecord.Common(session), number: 9, mode: .permits(2, of: 5), isHeld: true, fence: 77,
      since: Instant(nanoseconds: 5), reason: String(repeating: "é", count: 150))
    let whole = words + [UInt64](repeating: 0, count: SlotRecord.wordCount - words.count)
    let record = try #require(SlotRecord(whole))
    #expect(record.owner == session.owner)
    #expect(record.mode == .permits(2, of: 5) && record.isHeld && record.fence == 77)
    #expect(record.reason == String(repeating: "é", count: 100))
    #expect(record.token == "\(session.prefix)9")
    var random = SeededGenerator(seed: 3)
    for _ in 0..<1000 {
      // Whatever stands in a file is read without a trap.
      let noise = (0..<SlotRecord.wordCount).map { _ in random.next() }
      if let record = SlotRecord(noise) { #expect(record.reason.utf8.count <= 600) }
    }
  }
}
