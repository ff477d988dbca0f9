import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockFileLocks

/// Taking tickets, with others who are stopped at the worst instants.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct TicketTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func file() throws -> LockFile {
    try LockFile(directory("x.lk"), name: "x", mode: 0o600, boot: BootMark(""))
  }

  @Test func `one that was stopped after it read the counter takes no ticket that was used`() throws
  {
    let (mine, theirs) = (try file(), try file())
    let seen = mine.map.load(Layout.counterAt)
    let used = try theirs.takeTicket(shared: false, after: 0).ticket
    #expect(used == seen)
    theirs.drop(used)
    #expect(try mine.takeTicket(shared: false, after: 0, seen: seen).ticket > used)
  }

  @Test func `one that was stopped before its ticket was counted holds nobody up`() throws {
    let (stopped, mine) = (try file(), try file())
    let next = stopped.map.load(Layout.counterAt)
    let isLocked = try stopped.descriptor.lock(TicketRange.whole(next, .exclusive))
    #expect(isLocked)
    let (ticket, isAlone) = try mine.takeTicket(shared: false, after: 0)
    #expect(ticket == next + 1 && !isAlone)
    #expect(try mine.nearest(before: ticket, shared: true)?.ticket == next)
    stopped.drop(next)
    #expect(try mine.nearest(before: ticket, shared: false) == nil)
  }

  @Test func `one that shares is not taken for one that is alone, nor one that waits for a holder`()
    throws
  {
    let (sharing, mine) = (try file(), try file())
    let first = try sharing.takeTicket(shared: true, after: 0).ticket
    let ticket = try mine.takeTicket(shared: true, after: 0).ticket
    #expect(try mine.nearest(before: ticket, shared: true) == nil)
    #expect(try mine.nearest(before: ticket, shared: false)?.ticket == first)
    sharing.drop(first)
    // Somebody waited for the end of the first, and is stopped before it goes on.
    let isWaiting = try sharing.descriptor.lock(TicketRange.death(first, .exclusive))
    #expect(isWaiting)
    #expect(try mine.nearest(before: ticket, shared: false) == nil)
  }

  @Test func `many who make a file at once make one`() async throws {
    let path = directory("x.lk")
    for number in 0..<Schedules.count(100) {
      let path = "\(path)\(number)"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await withTaskExecutorPreference(globalConcurrentExecutor) {
              _ = try LockFile(path, name: "x", mode: 0o600, boot: BootMark(""))
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
