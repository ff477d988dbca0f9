import Interlock
import InterlockLocks
import TestSupport
import Testing

@testable import InterlockFileLocks

@Suite struct LocalLineTests {
  private let session = LockSession(owner: LockOwner(host: "h", process: 1), secret: 7)

  @Test func `what stands first is next, unless a holder of this process is in its way`() {
    var line = LocalLine<Int>()
    let tokens = (0..<4).map { _ in session.nextToken() }
    #expect(line.mayJoin(.exclusive))
    line.hold(tokens[0], .exclusive, ticket: 10, 0)
    #expect(!line.mayJoin(.shared))
    line.wait(tokens[1], .shared, ticket: 11, 0)
    line.wait(tokens[2], .shared, ticket: 12, 0)
    line.wait(tokens[3], .exclusive, ticket: 13, 0)
    #expect(line.next == nil)
    #expect(line.blockers(of: tokens[3]) == [tokens[0], tokens[1], tokens[2]])
    _ = line.remove(tokens[0])
    #expect(line.next?.token == tokens[1])
    line.grant(tokens[1])
    #expect(line.next?.token == tokens[2])
    line.grant(tokens[2])
    #expect(line.next == nil)
    // A newcomer that shares stands behind the one that does not.
    #expect(!line.mayJoin(.shared))
    #expect(line.blockers(of: tokens[3]) == [tokens[1], tokens[2]])
    for token in tokens[1...2] { _ = line.remove(token) }
    #expect(line.next?.token == tokens[3])
  }

  /// The line against a list that is searched from its beginning.
  @Test(.tags(.property)) func `it agrees with a list`() {
    for seed in 0..<UInt64(Schedules.count(200)) {
      var random = SeededGenerator(seed: seed)
      var line = LocalLine<Int>()
      var list: [(token: LockToken, mode: LockMode, isHeld: Bool)] = []
      let modes: [LockMode] = [.exclusive, .shared, .permits(1, of: 3)]
      func fits(_ mode: LockMode) -> Bool {
        list.filter(\.isHeld).allSatisfy {
          $0.mode.limit != nil || $0.mode == .shared && mode == .shared
        }
      }
      for ticket in 0..<UInt64(100) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
          let (token, mode) = (session.nextToken(), modes[Int.random(in: 0..<3, using: &random)])
          let mayJoin = list.allSatisfy(\.isHeld) && fits(mode)
          #expect(line.mayJoin(mode) == mayJoin, "seed \(seed)")
          list.append((token, mode, mayJoin))
          if mayJoin {
            line.hold(token, mode, ticket: ticket, 0)
          } else {
            line.wait(token, mode, ticket: ticket, 0)
          }
        case 1 where !list.isEmpty:
          let gone = list.remove(at: Int.random(in: 0..<list.count, using: &random))
          #expect(line.remove(gone.token)?.isHeld == gone.isHeld, "seed \(seed)")
        default:
          let first = list.firstIndex { !$0.isHeld }
          let next = first.flatMap { fits(list[$0].mode) ? $0 : nil }
          #expect(line.next?.token == next.map { list[$0].token }, "seed \(seed)")
          if let next {
            line.grant(list[next].token)
            list[next].isHeld = true
          }
        }
        #expect(line.count == list.count)
        #expect(line.waitingCount == list.filter { !$0.isHeld }.count)
      }
    }
  }
}
