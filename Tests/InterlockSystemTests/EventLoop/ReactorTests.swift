import Foundation
import Interlock
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct ReactorTests {
  let reactor: Reactor

  init() throws { reactor = try Reactor() }

  @Test func `jobs run on its thread in the order they were posted`() async {
    let seen = Guarded((numbers: [Int](), threads: Set<pthread_t>()))
    for number in 0..<1000 {
      reactor.post {
        seen.withLock {
          $0.numbers.append(number)
          $0.threads.insert(pthread_self())
        }
      }
    }
    await reactor.passThrough()
    #expect(seen.withLock { $0.numbers } == Array(0..<1000))
    #expect(seen.withLock { $0.threads.count } == 1)
  }

  @Test func `a job that posts itself again does not keep others from their turn`() async {
    let isOver = Guarded(false)
    @Sendable func again() { if !isOver.withLock({ $0 }) { reactor.post { again() } } }
    again()
    let rung = FirstAnswer<Void>()
    let alarm = reactor.makeAlarm { rung.give(()) }
    alarm.set(reactor.clock.now)
    await rung.value
    isOver.withLock { $0 = true }
  }

  @Test func `an alarm rings once, not before its time, and not for what was set before`() async {
    let clock = reactor.clock
    let rings = Guarded([Instant]())
    let last = FirstAnswer<Void>()
    let alarm = reactor.makeAlarm { rings.withLock { $0.append(clock.now) } }
    let (early, late) = (
      clock.now.advanced(by: .milliseconds(5)), clock.now.advanced(by: .milliseconds(30))
    )
    alarm.set(early)
    alarm.set(late)
    let after = reactor.makeAlarm { last.give(()) }
    after.set(clock.now.advanced(by: .milliseconds(60)))
    await last.value
    let seen = rings.withLock { $0 }
    #expect(seen.count == 1)
    #expect(seen.allSatisfy { $0 >= late })
  }

  @Test func `an alarm set to nil, or let go of, does not ring`() async {
    let rings = Guarded(0)
    let alarm = reactor.makeAlarm { rings.withLock { $0 += 1 } }
    alarm.set(reactor.clock.now.advanced(by: .milliseconds(10)))
    alarm.set(nil)
    var other: ReactorAlarm? = reactor.makeAlarm { rings.withLock { $0 += 1 } }
    other?.set(reactor.clock.now.advanced(by: .milliseconds(10)))
    other = nil
    let last = FirstAnswer<Void>()
    let after = reactor.makeAlarm { last.give(()) }
    after.set(reactor.clock.now.advanced(by: .milliseconds(20)))
    await last.value
    #expect(rings.withLock { $0 } == 0)
  }

  @Test func `a socket carries bytes both ways, and its end is reported after the last of them`()
    async throws
  {
    let listener = try SocketListener(loopbackPort: 0)
    async let accepted = listener.accept()
    let socket = try await reactor.socket(host: "127.0.0.1", port: listener.port)
    let server = try await accepted
    let received = Received()
    try socket.watch { [weak socket] ready in
      guard let socket, ready.isReadable else { return }
      received.take(from: socket, untilEnd: ready.isHungUp)
    }
    #expect(socket.write([1, 2, 3]) == .moved(3))
    #expect(try await server.readExactly(3) == [1, 2, 3])
    try await server.write(Array(repeating: 7, count: 100_000))
    server.close()
    #expect(await received.all.value == Array(repeating: 7, count: 100_000))
    #expect(socket.read(into: &received.scratch) == .ended(nil))
  }

  @Test func `a refused connection says so; a name that is none says what the resolver said`()
    async throws
  {
    let reserved = try ReservedPort()
    let refused = await #expect(throws: SystemError.self) {
      try await reactor.socket(host: "127.0.0.1", port: reserved.port)
    }
    #expect(try #require(refused).description.contains("is it running?"))
    let unknown = await #expect(throws: SystemError.self) {
      try await reactor.socket(host: "no-such-host.invalid", port: 1)
    }
    #expect(try #require(unknown).description.contains("the resolver says"))
  }

  @Test func `a connection that nobody answers ends at its deadline`() async throws {
    let error = await #expect(throws: SystemError.self) {
      try await reactor.socket(host: "127.0.0.1", port: 9, until: .origin)
    }
    let number = try #require(error).number
    // Refused or too late: whichever the kernel tells first.
    #expect(number == ETIMEDOUT || number == ECONNREFUSED)
  }

  @Test func `what it was asked and did not do is let go of with it`() async throws {
    final class Marker: Sendable {}
    weak var marker: Marker?
    var reactor: Reactor? = try Reactor()
    do {
      let kept = Marker()
      marker = kept
      let alarm = reactor?.makeAlarm { _ = kept }
      alarm?.set(.distantFuture)
    }
    await reactor?.passThrough()
    reactor = nil
    #expect(marker == nil)
  }
}

/// What came, until the other side ended.
private final class Received: @unchecked Sendable {
  // Used on the reactor's thread, and by the test after `all` has been told.
  var scratch = [UInt8](repeating: 0, count: 4096)
  private var bytes: [UInt8] = []
  let all = FirstAnswer<[UInt8]>()

  func take(from socket: ReactorSocket, untilEnd: Bool) {
    while true {
      switch socket.read(into: &scratch) {
      case .moved(let count):
        bytes += scratch[..<count]
        if count < scratch.count, !untilEnd { return }
      case .notNow: return
      case .ended: return all.give(bytes)
      }
    }
  }
}

extension Reactor {
  /// Waits until everything posted has run.
  func passThrough() async {
    let done = FirstAnswer<Void>()
    post { done.give(()) }
    await done.value
  }

  func socket(
    host: String, port: UInt16, until deadline: Instant = .distantFuture
  ) async throws -> ReactorSocket {
    let answer = FirstAnswer<Result<ReactorSocket, SystemError>>()
    connect(host: host, port: port, until: deadline) { answer.give($0) }
    return try await answer.value.get()
  }
}
