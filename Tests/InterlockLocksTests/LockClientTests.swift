import Interlock
import InterlockLabTesting
import InterlockLocks
import TestSupport
import Testing

@Suite struct LockClientTests {
  /// What a client said.
  final class Sink: Sendable {
    private let state = Guarded([LockLogEntry]())
    var entries: [LockLogEntry] { state.withLock { $0 } }
    var messages: [String] { entries.map(\.message) }
    func take(_ entry: LockLogEntry) { state.withLock { $0.append(entry) } }
  }

  @Test func `locks.C1 a new client has no entries, and they go when idle`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    #expect(backend.count == 0)
    #expect(try await client.records().isEmpty)
    try await client.withLock("a") { _ in #expect(backend.count == 1) }
    #expect(backend.count == 0)
    #expect(client.waiting == 0)
  }

  @Test(.explored(schedules: 20))
  func `locks.C12 a hundred locks are shared by ten tasks`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<10 {
        group.addTask {
          var had = 0
          for place in 0..<100 {
            try await client.withLock(try LockName("resource-\((place + task * 10) % 100)")) { _ in
              await Task.yield()
              had += 1
            }
          }
          return had
        }
      }
      let had = try await group.reduce(0, +)
      #expect(had == 1_000)
    }
    #expect(backend.count == 0)
  }

  @Test(.explored(schedules: 1))
  func `locks.C17 the log has the lines that people look for`() async throws {
    let sink = Sink()
    let backend = InProcessBackend()
    let client = LockClient(backend, log: sink.take)
    try await client.withLock("inverter_read") { _ in
      try await SystemClock().sleep(for: .milliseconds(2_300))
    }
    #expect(
      sink.messages == [
        "Lock acquired for resource: inverter_read",
        "Lock released for resource: inverter_read (after 2.3s)",
      ])
    #expect(sink.entries.map(\.level) == [.debug, .debug])
    let text = "\(try #require(sink.entries.first))"
    #expect(text.contains(" fence=") && text.contains(" owner=il1:"), "\(text)")
  }

  @Test(.explored(schedules: 1))
  func `locks.C17 a wait and a timeout are logged with their times, and the holder`() async throws {
    let sink = Sink()
    let backend = InProcessBackend()
    let quiet = LockClient(backend)
    let client = LockClient(backend, log: sink.take)
    let begun = FirstAnswer<Void>()
    let holder = Task {
      try await quiet.withLock("inverter_read", options: LockOptions(reason: "full refresh")) { _ in
        begun.give(())
        try await SystemClock().sleep(for: .milliseconds(30_012))
      }
    }
    await begun.value
    let error = await #expect(throws: LockError.self) {
      try await client.withLock("inverter_read", timeout: .seconds(30)) { _ in }
    }
    let text = "\(try #require(error))"
    #expect(
      text.hasPrefix("Could not acquire lock for 'inverter_read' within 30.0s: it is held by "),
      "\(text)")
    #expect(text.hasSuffix("for 30.0s (full refresh)"), "\(text)")
    try await client.withLock("inverter_read") { _ in }
    try await holder.value
    let messages = sink.messages
    try #require(messages.count == 3)
    #expect(
      messages[0].hasPrefix(
        "Timeout acquiring lock for resource: inverter_read (waited 30.0s), held by "))
    #expect(messages[1] == "Lock acquired for resource: inverter_read (waited 0.012s)")
    #expect(messages[2].hasPrefix("Lock released for resource: inverter_read (after 0.0s)"))
    #expect(sink.entries[0].level == .error)
  }

  @Test(.explored(schedules: 1))
  func `what happened is counted by class of lock`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    for number in 1...3 {
      try await client.withLock(try LockName("inverter_read:\(number)")) { _ in
        #expect(client.statistics["inverter_read"]?.held == 1)
      }
    }
    try await client.withLock("run-7") { _ in
      try await SystemClock().sleep(for: .milliseconds(3))
    }
    #expect(client.statistics["inverter_read"]?.acquired == 3)
    #expect(client.statistics["inverter_read"]?.held == 0)
    let run = try #require(client.statistics["run-"])
    #expect(run.holdSeconds.count == 1)
    #expect(run.holdSeconds.sum >= .milliseconds(3))
    for number in 0..<100 {
      try await client.withLock(try LockName(String(repeating: "x", count: number + 1))) { _ in }
    }
    #expect(client.statistics.count == 65, "64 classes, and what is counted together")
    #expect(client.statistics["other"]?.acquired == 38)
  }

  @Test func `options out of their range are refused with the numbers`() async throws {
    let client = LockClient(InProcessBackend())
    func refusal(_ mode: LockMode, _ timeout: Duration?, _ options: LockOptions) async throws
      -> String
    {
      let error = await #expect(throws: LockError.self) {
        try await client.withLock("a", mode, timeout: timeout, options: options) { _ in }
      }
      return "\(try #require(error))"
    }
    #expect(
      try await refusal(.exclusive, nil, LockOptions(term: .milliseconds(99)))
        .contains("a term of 0.099 seconds is too short to be renewed; 0.1 seconds is the least"))
    #expect(
      try await refusal(.exclusive, nil, LockOptions(reason: String(repeating: "é", count: 101)))
        .contains("the reason has 202 bytes; 200 are the most"))
    #expect(
      try await refusal(.permits(5, of: 4), nil, LockOptions())
        .contains("5 of 4 permits cannot be held; ask for 1 to 4"))
    #expect(
      try await refusal(.exclusive, .seconds(-1), LockOptions()).contains("cannot be waited"))
    #expect(
      try await refusal(.exclusive, nil, LockOptions(renewal: .upTo(.zero))).contains("held for"))
  }

  @Test func `locks.C3 a shared lock cannot be taken alone from inside, and says how to`()
    async throws
  {
    let client = LockClient(InProcessBackend())
    try await client.withLock("a", .shared) { lease in
      let error = await #expect(throws: LockError.self) {
        try await client.withLock("a") { _ in }
      }
      #expect("\(try #require(error))".contains("upgrade it"))
      try await client.withLock("a", .shared) { #expect($0.fence == lease.fence) }
      #expect(try await lease.upgrade())
      try await client.withLock("a") { #expect($0.mode == .exclusive) }
      #expect(lease.mode == .exclusive)
    }
  }

  @Test func `a lock that is not reentrant names the circle of one`() async throws {
    let client = LockClient(InProcessBackend())
    try await client.withLock("a") { _ in
      let error = await #expect(throws: LockError.self) {
        try await client.withLock("a", options: LockOptions(isReentrant: false)) { _ in }
      }
      guard case .deadlock(let edges) = try #require(error).reason else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(edges.map(\.name) == ["a"])
    }
  }

  @Test(.explored(schedules: 50))
  func `locks.C8 several locks at once are taken in one order, whoever asks`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for names: [LockName] in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "b"]] {
        group.addTask {
          try await client.withLocks(names, timeout: .seconds(5)) { leases in
            #expect(leases.map(\.name) == names)
            await Task.yield()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(backend.count == 0)
  }

  @Test func `what the body throws wins over the loss`() async throws {
    struct Thrown: Error {}
    let client = LockClient(InProcessBackend())
    await #expect(throws: Thrown.self) {
      try await client.withLock("a") { lease in
        try await client.forceUnlock("a", expecting: .token(lease.token))
        throw Thrown()
      }
    }
    #expect(client.statistics["a"]?.lost == ["revoked": 1])
    #expect(client.statistics["a"]?.forced == 1)
  }

  @Test func `a lease that is looked at only after it was given back is released`() async throws {
    let client = LockClient(InProcessBackend())
    let late = try await client.withLock("a") { lease in
      await Task.yield()
      return lease
    }
    #expect { try late.check() } throws: { ($0 as? LeaseError)?.refusal == .released }
    #expect(late.fence > Fence(0))
    #expect(await late.loss() == nil)
    #expect(late.validUntil == nil)
  }

  @Test func `a lock that is taken away is lost, whether its lease was looked at or not`()
    async throws
  {
    for looks in [true, false] {
      let client = LockClient(InProcessBackend())
      let error = try await #require(throws: LockError.self) {
        try await client.withLock("a") { lease in
          if looks { #expect(lease.left == nil && lease.validUntil == nil) }
          let fence = lease.fence
          _ = try await client.forceUnlock("a", expecting: .anyHolder, reason: "over")
          #expect(lease.fence == fence)
          #expect { try lease.check() } throws: {
            if case .lost(.revoked) = ($0 as? LeaseError)?.refusal { true } else { false }
          }
        }
      }
      guard case .lost(.revoked) = error.reason else {
        Issue.record(error)
        continue
      }
      #expect(client.statistics["a"]?.lost == ["revoked": 1])
    }
  }
}
