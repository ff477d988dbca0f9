import Interlock
import TestSupport
import Testing

@testable import InterlockRedis

@Suite struct RedisConnectionMachineTests {
  typealias Machine = RedisConnectionMachine<Int>
  private var now = Instant.origin
  private var machine: Machine

  init() {
    machine = Machine(
      RedisURL(host: "h"), clientName: "me", channels: ["c"], seed: 1, at: .origin)
  }

  private mutating func pass(_ duration: Duration) -> [Machine.Action] {
    now = now.advanced(by: duration)
    return machine.advance(to: now)
  }

  private mutating func receive(_ values: RedisValue...) -> [Machine.Action] {
    values.flatMap { machine.received($0, at: now) }
  }

  private mutating func submit(
    _ call: Int, limit: Duration = .seconds(5), waits: Bool = true
  ) -> [Machine.Action] {
    machine.submit(
      RedisCommand("X", "\(call)"), call, until: now.advanced(by: limit), waits: waits, at: now)
  }

  private static let info = RedisValue.string("redis_version:7.0.15\r\nrun_id:r1\r\n")
  private static let replication = RedisValue.string("role:master\r\nmaster_replid:m1\r\n")
  private static let subscribed = RedisValue.push([.string("subscribe"), .string("c"), .integer(1)])

  private mutating func makeReady() -> [Machine.Action] {
    _ = pass(.zero)
    _ = machine.connected(at: now)
    _ = machine.takeOutput()
    return receive(.map([]), .string("OK"), Self.info, Self.replication, Self.subscribed)
  }

  @Test mutating func `it greets, and is ready when every answer is good`() {
    #expect(pass(.zero).map(\.word) == ["connect"])
    #expect(machine.connected(at: now).map(\.word) == ["write"])
    let greeting = String(decoding: machine.takeOutput(), as: UTF8.self)
    #expect(greeting.hasPrefix("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"))
    #expect(greeting.contains("SUBSCRIBE"))
    #expect(receive(.map([]), .string("OK"), Self.info, Self.replication).isEmpty)
    #expect(!machine.isReady)
    #expect(receive(Self.subscribed).map(\.word) == ["ready r1 m1 master", "write"])
    #expect(machine.isReady)
  }

  @Test mutating func `commands before that wait for it and go out in their order`() {
    _ = submit(1)
    _ = submit(2)
    _ = makeReady()
    let sent = String(decoding: machine.takeOutput(), as: UTF8.self)
    #expect(sent == "*2\r\n$1\r\nX\r\n$1\r\n1\r\n*2\r\n$1\r\nX\r\n$1\r\n2\r\n")
    #expect(receive(.integer(1), .integer(2)).map(\.word) == ["tell 1 ok", "tell 2 ok"])
  }

  @Test mutating func `one that does not wait is told at once`() {
    #expect(submit(1, waits: false).map(\.word) == ["tell 1 notSent"])
  }

  @Test(arguments: [
    (RedisValue.error("WRONGPASS no"), RedisError.wrongPassword),
    (.error("NOAUTH HELLO must be called"), .authenticationRequired),
    (.error("ERR unknown command `HELLO`"), .tooOld(version: "it knows no HELLO")),
    (.error("LOADING Redis is loading"), .loading), (.error("BUSY a script"), .busy),
  ])
  mutating func `a greeting that is refused fails what waits, with the reason`(
    _ answer: RedisValue, _ error: RedisError
  ) {
    _ = submit(1)
    _ = pass(.zero)
    _ = machine.connected(at: now)
    let actions = receive(answer)
    #expect(actions.map(\.word) == ["disconnect", "tell 1 notSent"])
    guard case .tell(_, .failure(let failure))? = actions.last else { return }
    #expect(failure == .notSent(error))
  }

  @Test mutating func `a server that is too old is refused with its version`() {
    _ = submit(1)
    _ = pass(.zero)
    _ = machine.connected(at: now)
    let actions = receive(.map([]), .string("OK"), .string("redis_version:6.0.16\r\n"))
    guard case .tell(_, .failure(let failure))? = actions.last else {
      Issue.record("nobody was told")
      return
    }
    #expect(failure == .notSent(.tooOld(version: "6.0.16")))
  }

  @Test(arguments: [
    ("6.2.0", true), ("6.1.9", false), ("7.0.15", true), ("5", false), ("8", true), ("x", false),
    ("10.0", true), ("6", false),
  ])
  func `versions are compared as numbers`(_ version: String, _ isSupported: Bool) {
    var server = RedisServer()
    server.read("redis_version:\(version)\r\n")
    #expect(server.isSupported == isSupported)
  }

  @Test mutating func `when it breaks, what was sent may have happened and what was not has not`() {
    _ = makeReady()
    _ = submit(1)
    let broken = machine.broken(.disconnected("x"), at: now)
    #expect(broken.map(\.word) == ["disconnect", "lost", "tell 1 unknown"])
    _ = submit(2)
    _ = pass(.seconds(1))
    #expect(
      machine.broken(.unreachable("y"), at: now).map(\.word) == ["disconnect", "tell 2 notSent"])
  }

  @Test mutating func `an answer that comes after its caller gave up is not taken for another's`() {
    _ = makeReady()
    _ = submit(1, limit: .seconds(1))
    _ = submit(2, limit: .seconds(4))
    #expect(pass(.seconds(1)).map(\.word) == ["tell 1 unknown"])
    #expect(receive(.integer(1)).isEmpty)
    #expect(receive(.integer(2)).map(\.word) == ["tell 2 ok"])
  }

  @Test mutating func `what nobody waits for any more is not sent`() {
    _ = submit(1, limit: .milliseconds(1))
    #expect(pass(.milliseconds(1)).map(\.word) == ["tell 1 notSent", "connect"])
    _ = machine.connected(at: now)
    _ = machine.takeOutput()
    _ = receive(.map([]), .string("OK"), Self.info, Self.replication, Self.subscribed)
    #expect(machine.takeOutput().isEmpty)
  }

  @Test mutating func `a connection that says nothing is asked, and given up two seconds later`() {
    _ = makeReady()
    #expect(pass(.milliseconds(4999)).isEmpty)
    #expect(pass(.milliseconds(1)).map(\.word) == ["write"])
    #expect(String(decoding: machine.takeOutput(), as: UTF8.self).contains("PING"))
    #expect(receive(.string("PONG")).isEmpty)
    #expect(pass(.seconds(5)).map(\.word) == ["write"])
    #expect(pass(.milliseconds(1999)).isEmpty)
    #expect(pass(.milliseconds(1)).map(\.word) == ["disconnect", "lost"])
  }

  @Test mutating func `a command that is not answered for five seconds breaks the connection`() {
    _ = makeReady()
    _ = pass(.seconds(3))
    _ = submit(1, limit: .seconds(60))
    #expect(pass(.milliseconds(4999)).isEmpty)
    #expect(pass(.milliseconds(1)).map(\.word) == ["disconnect", "lost", "tell 1 unknown"])
  }

  @Test mutating func `attempts come after growing waits that are drawn`() {
    var waits: [Duration] = []
    for _ in 0..<12 {
      let before = now
      while true {
        let next = machine.nextDeadline
        now = max(now, next)
        if machine.advance(to: now).contains(where: { $0.word == "connect" }) { break }
      }
      waits.append(before.duration(to: now))
      _ = machine.broken(.unreachable("x"), at: now)
    }
    #expect(waits[0] == .zero)
    #expect(waits[1] >= .milliseconds(25) && waits[1] <= .milliseconds(50))
    #expect(waits[11] >= .milliseconds(2500) && waits[11] <= .seconds(5))
    #expect(Set(waits).count == waits.count)
  }

  @Test mutating func `so many commands may wait and no more`() {
    for call in 0..<Machine.mostCalls { _ = submit(call) }
    #expect(submit(-1).map(\.word) == ["tell -1 notSent"])
  }

  @Test mutating func `once closed it does nothing more`() {
    _ = makeReady()
    _ = submit(1)
    #expect(machine.close().map(\.word) == ["tell 1 unknown", "disconnect"])
    #expect(submit(2).map(\.word) == ["tell 2 notSent"])
    #expect(pass(.seconds(60)).isEmpty && machine.close().isEmpty)
    #expect(machine.nextDeadline == .distantFuture)
  }

  @Test mutating func `a message comes between answers, whatever is awaited`() {
    _ = makeReady()
    _ = submit(1)
    let message = RedisValue.push([.string("message"), .string("c"), .string("hello")])
    #expect(receive(message, .integer(1)).map(\.word) == ["message c hello", "tell 1 ok"])
  }
}

extension RedisConnectionMachine<Int>.Action {
  /// The action in a word.
  var word: String {
    switch self {
    case .connect: "connect"
    case .write: "write"
    case .disconnect: "disconnect"
    case .ready(let server): "ready \(server.runID) \(server.replicationID) \(server.role)"
    case .lost: "lost"
    case .message(let channel, let payload):
      "message \(channel) \(String(decoding: payload, as: UTF8.self))"
    case .tell(let call, .success): "tell \(call) ok"
    case .tell(let call, .failure(.notSent)): "tell \(call) notSent"
    case .tell(let call, .failure(.unknown)): "tell \(call) unknown"
    case .tell(let call, .failure(.refused)): "tell \(call) refused"
    }
  }
}
