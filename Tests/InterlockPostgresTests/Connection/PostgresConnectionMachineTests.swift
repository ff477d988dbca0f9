import Interlock
import Testing

@testable import InterlockPostgres

/// What a connection decides, without one.
@Suite struct PostgresConnectionMachineTests {
  private typealias Machine = PostgresConnectionMachine<Int>
  private var machine = Machine(seed: 1, at: .origin) { 42 }

  private func at(_ milliseconds: Int64) -> Instant {
    Instant.origin.advanced(by: .milliseconds(milliseconds))
  }

  private func call(_ number: Int?, until deadline: Int64 = 60_000) -> Machine.Call {
    Machine.Call(
      statement: PostgresStatement("f", "text"), values: [], deadline: at(deadline), answer: number)
  }

  /// What was told, in short.
  private func told(_ actions: [Machine.Action]) -> [String] {
    actions.map { action in
      switch action {
      case .open: "open"
      case .greet: "greet"
      case .beginCalls: "begin"
      case .send(let call): "send \(call.answer.map { "\($0)" } ?? "ping")"
      case .drop: "drop"
      case .tell(let number, .success): "\(number) ok"
      case .tell(let number, .failure(.notSent)): "\(number) not sent"
      case .tell(let number, .failure(.unknown)): "\(number) unknown"
      case .tell(let number, .failure(.refused)): "\(number) refused"
      case .ready: "ready"
      case .lost: "lost"
      }
    }
  }

  /// Goes through the greeting of a database that has everything.
  private mutating func greet(at now: Instant) -> [String] {
    #expect(told(machine.advance(to: now)) == ["open"])
    #expect(told(machine.opened(process: 9)) == ["greet"])
    #expect(told(machine.greeted(.success([]), at: now)) == ["greet"])
    #expect(
      told(machine.greeted(.success([["9", "150020", "15.20"]]), at: now)) == ["greet"])
    let version = "\(PostgresSchema.version)"
    #expect(told(machine.greeted(.success([[version]]), at: now)) == ["greet"])
    return told(machine.greeted(.success([]), at: now))
  }

  @Test mutating func `what waits for the connection goes out in order when it is there`() {
    #expect(told(machine.submit(call(1), waits: true, at: at(0))) == [])
    #expect(told(machine.submit(call(2), waits: false, at: at(0))) == ["2 not sent"])
    #expect(told(machine.submit(call(3), waits: true, at: at(0))) == [])
    #expect(greet(at: at(0)) == ["begin", "ready", "send 1", "send 3"])
    #expect(machine.number == 42)
    #expect(told(machine.replied(.success([]), at: at(1))) == ["1 ok"])
    let error = PostgresError.refused(code: "40P01", "deadlock")
    #expect(told(machine.replied(.failure(error), at: at(1))) == ["3 refused"])
  }

  @Test
  mutating func `what was under way when it broke is unknown, and what had not left is not sent`() {
    _ = greet(at: at(0))
    #expect(told(machine.submit(call(1), waits: true, at: at(1))) == ["send 1"])
    #expect(
      told(machine.broken(.disconnected("gone"), at: at(2))) == ["drop", "lost", "1 unknown"])
    #expect(told(machine.submit(call(2), waits: true, at: at(3))) == [])
    #expect(told(machine.advance(to: at(60))) == ["open"])
    #expect(told(machine.broken(.unreachable("refused"), at: at(61))) == ["drop", "2 not sent"])
    // It comes back later each time.
    #expect(machine.nextDeadline > at(61 + 49) && machine.nextDeadline <= at(61 + 100))
  }

  @Test mutating func `who has waited for a connection for too long is told, whoever comes after`()
  {
    _ = machine.advance(to: at(0))
    _ = machine.broken(.unreachable("refused"), at: at(0))
    _ = machine.submit(call(1, until: 10), waits: true, at: at(0))
    _ = machine.submit(call(2, until: 60_000), waits: true, at: at(0))
    #expect(machine.nextDeadline == at(10))
    #expect(told(machine.advance(to: at(10))) == ["1 not sent"])
  }

  @Test mutating func `a connection that says nothing is asked, and then given up`() {
    _ = greet(at: at(0))
    #expect(told(machine.advance(to: at(4_999))) == [])
    #expect(told(machine.advance(to: at(5_000))) == ["send ping"])
    #expect(told(machine.replied(.success([["9"]]), at: at(6_000))) == [])
    #expect(told(machine.submit(call(1), waits: true, at: at(9_000))) == ["send 1"])
    #expect(told(machine.advance(to: at(13_999))) == [])
    #expect(told(machine.advance(to: at(14_000))) == ["drop", "lost", "1 unknown"])
  }

  @Test mutating func `a session that is another's process is one of a pooler`() {
    _ = greet(at: at(0))
    _ = machine.advance(to: at(5_000))
    #expect(told(machine.replied(.success([["10"]]), at: at(5_001))) == ["drop", "lost"])
    #expect(told(machine.advance(to: at(6_000))) == ["open"])
    #expect(told(machine.opened(process: 9)) == ["greet"])
    _ = machine.greeted(.success([]), at: at(6_000))
    #expect(
      told(machine.greeted(.success([["10", "150020", "15.20"]]), at: at(6_000))) == ["drop"])
  }

  @Test(arguments: [
    (["9", "130001", "13.1"], PostgresError.tooOld(version: "13.1")),
    (["8", "150020", "15.20"], .pooled), (["9"], .refused(code: "", "it does not say what it is")),
  ])
  func `what is of no use for locks is said`(_ row: [String], _ error: PostgresError) throws {
    var greeting = PostgresGreeting(session: 1, process: 9)
    #expect(try greeting.take(.success([])) == false)
    #expect(throws: error) { try greeting.take(.success([row])) }
  }

  @Test func `what is missing or older is created, and what is newer is left alone`() throws {
    for (reply, isCreated) in [
      (PostgresReply.failure(.refused(code: "3F000", "no schema")), true),
      (.failure(.refused(code: "42883", "no function")), true), (.success([["0"]]), true),
      (.success([["\(PostgresSchema.version)"]]), false),
    ] {
      var greeting = PostgresGreeting(session: 1, process: 9)
      _ = try greeting.take(.success([]))
      _ = try greeting.take(.success([["9", "140000", "14"]]))
      _ = try greeting.take(reply)
      #expect(greeting.statements.contains("CREATE SCHEMA") == isCreated)
    }
    var greeting = PostgresGreeting(session: 1, process: 9)
    _ = try greeting.take(.success([]))
    _ = try greeting.take(.success([["9", "140000", "14"]]))
    let later = PostgresSchema.version + 1
    #expect(throws: PostgresError.newer(version: later, ours: PostgresSchema.version)) {
      try greeting.take(.success([["\(later)"]]))
    }
  }

  @Test mutating func `nothing happens once it is closed`() {
    _ = greet(at: at(0))
    _ = machine.submit(call(1), waits: true, at: at(0))
    #expect(told(machine.close()) == ["1 unknown", "drop"])
    #expect(told(machine.submit(call(2), waits: true, at: at(1))) == ["2 not sent"])
    #expect(machine.nextDeadline == .distantFuture)
    #expect(told(machine.opened(process: 1)) == ["drop"])
  }
}
