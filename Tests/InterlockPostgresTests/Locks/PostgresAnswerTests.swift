import Interlock
import InterlockLocks
import Testing

@testable import InterlockPostgres

/// What the functions answer, and what comes by notification.
@Suite struct PostgresAnswerTests {
  @Test func `who asks is granted, in line, or in the way of a holder`() throws {
    #expect(PostgresTakeAnswer("granted 17")?.answer == .granted(Fence(17)))
    #expect(PostgresTakeAnswer("mixed shared")?.answer == .mixed(recorded: "shared"))
    let holder = RemoteLockObstacle(left: 29_979, token: "il1:h:1:2:ab:3", reason: "because of it")
    let busy = PostgresTakeAnswer("busy o 29979 5 x 1 0 il1:h:1:2:ab:3 because of it")
    #expect(busy?.answer == .busy(holder))
    let queued = PostgresTakeAnswer("queued 1 44 o 29979 5 x 1 0 il1:h:1:2:ab:3 because of it")
    #expect(queued?.answer == .queued(rank: 1, ticket: "44", holder))
    #expect(queued?.way?.session == 5)
  }

  @Test func `nobody in the way, but a transaction that has checked the fence, is looked at again`()
    throws
  {
    let way = try #require(PostgresObstacle("f -2 0 x 1 0 - "))
    #expect(way.obstacle == RemoteLockObstacle(left: -2, isOurs: false))
    #expect(way.obstacle.holder == nil)
  }

  @Test func `permits are read with their limit`() {
    #expect(
      PostgresObstacle("o 5 9 p 2 4 t ")?.obstacle.mode == .permits(2, of: 4))
    #expect(PostgresObstacle("o 5 9 p 5 4 t ") == nil)
  }

  @Test func `messages are granted, first, revoked and asked`() {
    let by = RemoteLockMessage.word("me: and you")
    #expect(PostgresMessage("g tok 7") == .granted(token: "tok", Fence(7)))
    #expect(
      PostgresMessage("h tok o 5 9 s 1 0 t why")?.plain
        == .first(token: "tok", left: 5, isOurs: true))
    #expect(
      PostgresMessage("r tok \(by) \(by)")
        == .revoked(token: "tok", by: "me: and you", reason: "me: and you"))
    #expect(
      PostgresMessage("y tok \(by) .") == .asked(token: "tok", by: "me: and you", reason: ""))
  }

  @Test(arguments: [
    "", "granted", "granted -1", "granted x", "busy", "busy o", "queued 0 1",
    "queued x 1 o 1 1 x 1 0 t ",
    "queued 0 -1 o 1 1 x 1 0 t ", "busy o 1 1 y 1 0 t ", "busy o x 1 x 1 0 t ",
    "busy o 1 x x 1 0 t ",
    "g", "g t", "g t x", "h t", "r t a", "r t a b c", "z t a", "-1", "0 o",
  ])
  func `anything else is nothing`(_ text: String) {
    #expect(PostgresTakeAnswer(text) == nil)
    #expect(PostgresPokeAnswer(text) == nil)
    #expect(PostgresMessage(text) == nil)
  }

  @Test func `arrays are quoted as PostgreSQL reads them`() {
    #expect(PostgresValue.array([]) == "{}")
    #expect(
      PostgresValue.array(["a", "", "b,c", "\"", "\\", "{}", "NULL"])
        == #"{"a","","b,c","\"","\\","{}","NULL"}"#)
  }

  @Test func `what does not agree is named`() {
    let agreed = PostgresInspection([
      "f 10", "h t x 1 0 10 alive 5 5 why", "w u s 1 0 11 dead 3 0 ",
    ])
    #expect(agreed.disagreements == [])
    let record = agreed.record(of: "x")
    #expect(record.fence == Fence(10))
    #expect(record.holders.map(\.token) == ["t"] && record.holders[0].reason == "why")
    #expect(record.waiters.map(\.isAlive) == [false] && record.waiters[0].mode == .shared)
    #expect(
      PostgresInspection(["f 9", "h t x 1 0 10 alive 5 5 ", "h u s 1 0 8 alive 5 5 "]).disagreements
        == [
          "2 hold it, and one of them alone",
          "it is held under the fence 10, and the last one given is 9",
        ])
    #expect(
      PostgresInspection(["f 9", "h t p 3 4 8 alive 5 5 ", "h u p 2 4 9 alive 5 5 "]).disagreements
        == ["5 permits are held of 4"])
    #expect(
      PostgresInspection(["f 9", "w t x 1 0 8 alive 5 0 ", "nonsense"]).disagreements
        == ["'nonsense' is no record", "1 wait, and nobody holds it; first t"])
  }
}
