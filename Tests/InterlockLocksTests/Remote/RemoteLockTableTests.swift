import Interlock
import TestSupport
import Testing

@testable import InterlockLocks

/// When a client looks after a lock that it waits for.
@Suite struct RemoteLockTableTests {
  private var table = RemoteLockTable(RemoteLockTable.Configuration(title: "redis://x"), seed: 1)
  private let session = LockSession(owner: LockOwner(host: "here", process: 1), secret: 1)

  private func time(_ milliseconds: Int64) -> Instant {
    Instant.origin.advanced(by: .milliseconds(milliseconds))
  }

  /// Has a request stand in line behind a holder whose lease goes on for two seconds.
  private mutating func queue(rank: Int64) {
    let request = LockRequest("x", token: session.nextToken())
    let entry = RemoteLockRequest(request, text: request.token.text, key: "x") { _ in }
    guard case .take(let asked) = table.begin(entry, at: .origin) else {
      Issue.record("it is not asked for")
      return
    }
    let holder = RemoteLockObstacle(left: 2_000, token: "il1:other")
    _ = table.took(
      asked, .success(.queued(rank: rank, ticket: "\(7 + rank)", holder)), sent: .origin,
      at: .origin)
  }

  private mutating func pokes(at milliseconds: Int64) -> Int {
    table.advance(to: time(milliseconds)).count { if case .poke = $0 { true } else { false } }
  }

  @Test mutating func `whoever is first in line looks when the lease has ended`() {
    _ = table.connected(to: "life", at: .origin)
    queue(rank: 0)
    #expect(pokes(at: 2_001) == 0)
    #expect(pokes(at: 2_002) == 1)
  }

  @Test
  mutating func
    `locks.F2 the next in line looks within a second of that, should the first have died too`()
  {
    _ = table.connected(to: "life", at: .origin)
    queue(rank: 1)
    #expect(pokes(at: 2_499) == 0)
    #expect(pokes(at: 3_000) == 1)
  }

  @Test(arguments: [[0, 1], [1, 0]] as [[Int64]])
  mutating func `one of ours that is first does not wait for one that is not`(_ ranks: [Int64]) {
    _ = table.connected(to: "life", at: .origin)
    for rank in ranks { queue(rank: rank) }
    #expect(pokes(at: 2_002) == 1)
  }

  @Test
  mutating func `who is withdrawn while it is asked for is told who holds, once that is known`()
    throws
  {
    _ = table.connected(to: "life", at: .origin)
    let told = Log<LockEvent>()
    let request = LockRequest("x", token: session.nextToken())
    let entry = RemoteLockRequest(request, text: request.token.text, key: "x") { told.append($0) }
    guard case .take(let asked) = table.begin(entry, at: .origin) else {
      Issue.record("it is not asked for")
      return
    }
    _ = table.withdraw(asked.text, at: time(1))
    let holder = RemoteLockObstacle(left: 2_000, token: "il1:other")
    let queued = RemoteTakeAnswer.queued(rank: 0, ticket: "7", holder)
    #expect(table.took(asked, .success(queued), sent: .origin, at: time(2)).isEmpty)
    let actions = table.cancelled(asked, .success(1), at: time(3))
    guard case .tell(_, .refused(.withdrawn(let named)))? = actions.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(named?.token == "il1:other")
    #expect(table.count == 0 && told.count == 0)
  }
}
