import Foundation
import Interlock
import InterlockLocks
import InterlockRedis
import TestSupport
import Testing

/// The Python package `pottery` on the same keys of the same servers.
@Suite(
  .tags(.integration), .ownThread, .timeLimit(.minutes(10)), .enabled(if: PeerPython.isHere))
struct PotteryTests {
  private static let name: LockName = "redlock:x"

  @Test func `locks.K2 what we hold pottery does not get, and the other way round`() async throws {
    let fleet = try QuorumFleet()
    let ours = try await fleet.settledLocker(plain: true)
    let held = try await ours.hold(Self.name)
    let grant = try await held.grant()
    #expect(try await Pottery(fleet, "try").lines() == ["refused"])
    #expect(await held.renew()?.isConfirmed == true)
    #expect(try await held.release())
    let theirs = try Pottery(fleet, "hold")
    #expect(try await theirs.line() == "held")
    guard case .busy(let holder)? = try await ours.ask(Self.name, waits: false).refusal() else {
      Issue.record("we got what pottery holds")
      return
    }
    #expect(holder?.owner == nil && holder?.left != nil)
    // It tells nobody when it gives back: whoever is first in line looks.
    let next = try ours.ask(Self.name)
    try await ours.untilWaiting(1, Self.name)
    try theirs.say("release")
    #expect(try await next.grant().fence > grant.fence)
    #expect(try await next.release())
    #expect(try fleet.votes("\(Self.name)") == 0)
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.K2 no increment is lost between pottery and us`() async throws {
    let fleet = try QuorumFleet()
    let locks = LockClient(try await fleet.settledLocker(plain: true).backend)
    let raw = try RawRedis(fleet.servers[0])
    let theirs = try Pottery(fleet, "count", "20")
    #expect(try await theirs.line() == "begins")
    for _ in 0..<20 {
      try await locks.withLock(Self.name) { _ in
        let value = try raw("GET", "counter").integer ?? 0
        await Task.yield()
        try raw("SET", "counter", "\(value + 1)")
      }
    }
    #expect(try await theirs.line() == "done")
    #expect(try raw("GET", "counter").integer == 40)
    withExtendedLifetime(fleet) {}
  }
}

/// A process that uses pottery.
private final class Pottery: Sendable {
  private static let program = """
    import sys, time
    from redis import Redis
    from pottery import Redlock
    mode, argument, *ports = sys.argv[1:]
    servers = [Redis(port=int(port)) for port in ports]
    lock = Redlock(key='x', masters=set(servers), auto_release_time=30)
    def say(line):
        print(line, flush=True)
    if mode == 'try':
        say('held' if lock.acquire(blocking=False) else 'refused')
    elif mode == 'hold':
        say('held' if lock.acquire() else 'refused')
        sys.stdin.readline()
        lock.release()
    else:
        say('begins')
        for _ in range(int(argument)):
            assert lock.acquire()
            value = int(servers[0].get('counter') or 0)
            time.sleep(0.001)
            servers[0].set('counter', value + 1)
            lock.release()
        say('done')
    """

  private final class Unread: Sendable { let bytes = Guarded([UInt8]()) }

  private let process: Guarded<Process>
  private let input: FileHandle
  private let output: FileHandle
  private let unread = Unread()

  init(_ fleet: QuorumFleet, _ mode: String, _ argument: String = "") throws {
    let made = Process()
    made.executableURL = PeerPython.program
    made.arguments =
      ["-c", Self.program, mode, argument] + fleet.servers.map { "\($0.port)" }
    let (toChild, fromChild) = (Pipe(), Pipe())
    made.standardInput = toChild
    made.standardOutput = fromChild
    try made.run()
    input = toChild.fileHandleForWriting
    output = fromChild.fileHandleForReading
    process = Guarded(made)
  }

  deinit { process.withLock { $0.terminate() } }

  func say(_ line: String) throws { try input.write(contentsOf: Data((line + "\n").utf8)) }

  /// The next line; nil when there are no more.
  func line() async throws -> String? {
    let answer = FirstAnswer<String?>()
    Thread.detachNewThread { [output, unread] in answer.give(Self.read(output, unread)) }
    return await answer.value
  }

  func lines() async throws -> [String] {
    var lines: [String] = []
    while let line = try await line() { lines.append(line) }
    return lines
  }

  private static func read(_ output: FileHandle, _ unread: Unread) -> String? {
    while true {
      let line: String? = unread.bytes.withLock { bytes in
        guard let end = bytes.firstIndex(of: 10) else { return nil }
        defer { bytes.removeFirst(end + 1) }
        return String(decoding: bytes[..<end], as: UTF8.self)
      }
      if let line { return line }
      let more = output.availableData
      guard !more.isEmpty else { return nil }
      unread.bytes.withLock { $0 += more }
    }
  }
}
