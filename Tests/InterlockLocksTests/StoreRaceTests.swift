import Interlock
import InterlockLab
import InterlockLabTesting
import InterlockLocks
import InterlockSimulation
import InterlockTestKit
import TestSupport
import Testing

/// The client on a store behind a link, whose grants end by time: on virtual time, under many schedules.
@Suite(.tags(.race)) struct StoreRaceTests {
  /// A document that refuses fences smaller than one it has seen.
  final class Document: Sendable {
    private let state = Guarded((register: FenceRegister(), writes: 0, stale: 0, last: Fence(0)))
    var writes: Int { state.withLock { $0.writes } }
    /// Accepted after a newer one: never.
    var stale: Int { state.withLock { $0.stale } }
    func write(_ fence: Fence) {
      state.withLock { state in
        guard state.register.accept(fence) else { return }
        if fence < state.last { state.stale += 1 }
        state.last = max(state.last, fence)
        state.writes += 1
      }
    }
  }

  /// Runs a body with a store and clients, and stops what carries their messages.
  static func withStore(
    _ clients: Int,
    _ body:
      @Sendable (SimulatedLockStore, [LockClient], [SimulatedLockBackend])
      async throws -> Void
  ) async throws {
    let store = SimulatedLockStore()
    let links = (0..<clients).map { store.connect(host: "client-\($0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(name: "store") { await store.run() }
      for link in links { group.addTask(name: "link") { await link.run() } }
      try await body(store, links.map { LockClient($0) }, links)
      group.cancelAll()
    }
  }

  @Test(.explored(.many(300)))
  func `one at a time over links, and nothing is left`() async throws {
    try await Self.withStore(2) { store, clients, _ in
      let inside = LockRaceTests.Inside()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in clients {
          for _ in 0..<2 {
            group.addTask {
              try await client.withLock("a", options: LockOptions(term: .milliseconds(300))) {
                lease in
                inside.enter()
                try await SystemClock().sleep(for: .milliseconds(500))
                try lease.check()
                inside.leave()
              }
            }
          }
        }
        try await group.waitForAll()
      }
      Lab.current?.check(inside.most == 1, "\(inside.most) were inside at once")
      let records = try await clients[0].records()
      Lab.current?.check(records.isEmpty, "something is left: \(records)")
    }
  }

  @Test(.explored(.many(300)))
  func `locks.F9 a body whose link is cut ends before the next begins`() async throws {
    try await Self.withStore(2) { store, clients, links in
      let inside = LockRaceTests.Inside()
      let options = LockOptions(term: .milliseconds(300))
      let begun = FirstAnswer<Void>()
      let first = Task {
        try await clients[0].withCancellableLock("a", options: options) { _ in
          begun.give(())
          inside.enter()
          defer { inside.leave() }
          try await SystemClock().sleep(for: .seconds(3_600))
        }
      }
      await begun.value
      links[0].cut()
      try await clients[1].withLock("a", options: options) { _ in
        inside.enter()
        await Task.yield()
        inside.leave()
      }
      let result = await first.result
      guard case .failure(let error as LockError) = result, case .lost(.disconnected) = error.reason
      else {
        Lab.current?.check(false, "the first body was told: \(result)")
        return
      }
      Lab.current?.check(inside.most == 1, "\(inside.most) were inside at once")
    }
  }

  @Test(.explored(.many(300)))
  func `locks.F9 a cut that is mended within the term costs nothing`() async throws {
    try await Self.withStore(2) { store, clients, links in
      try await clients[0].withLock("a", options: LockOptions(term: .seconds(3))) { lease in
        links[0].cut()
        try await SystemClock().sleep(for: .milliseconds(1_900))
        links[0].mend()
        try await SystemClock().sleep(for: .seconds(5))
        try lease.check()
        let other = try await clients[1].tryLock("a")
        Lab.current?.check(other == nil, "another has it")
      }
    }
  }

  @Test(.explored(.many(300)))
  func `locks.F6 a store that forgot everything costs the lease, and fences grow all the same`()
    async throws
  {
    try await Self.withStore(2) { store, clients, _ in
      let document = Document()
      let options = LockOptions(term: .milliseconds(900))
      let first = Task {
        try await clients[0].withLock("a", options: options) { lease in
          store.forget()
          // No server forgets and grants again within a microsecond.
          try await SystemClock().sleep(for: .milliseconds(1))
          try await clients[1].withLock("a", options: options) { document.write($0.fence) }
          // It does not know yet; the document does.
          document.write(lease.fence)
          let loss = await lease.loss()
          Lab.current?.check(loss == .backendReset, "the loss is told: \(String(describing: loss))")
        }
      }
      let result = await first.result
      guard case .failure(let error as LockError) = result, case .lost = error.reason else {
        Lab.current?.check(false, "the loss is thrown: \(result)")
        return
      }
      Lab.current?.check(document.stale == 0, "a stale write was accepted")
      Lab.current?.check(document.writes == 1, "the late write was refused: \(document.writes)")
    }
  }

  @Test(.explored(.many(1000)))
  func `locks.P8 a cancellation at any moment leaves nothing behind`() async throws {
    try await Self.withStore(1) { _, clients, _ in
      let users = (0..<2).map { _ in
        Task {
          try? await clients[0].withLock("a", options: LockOptions(term: .seconds(3))) { _ in
            await Task.yield()
          }
        }
      }
      for _ in 0..<choose(12) { await Task.yield() }
      users[choose(2)].cancel()
      for user in users { _ = await user.value }
      let records = try await clients[0].records()
      Lab.current?.check(records.isEmpty, "something is left: \(records)")
      Lab.current?.check(clients[0].waiting == 0, "somebody is thought to wait")
    }
  }

  @Test(.explored(.random(schedules: 3)), arguments: LockConformance.checks.indices)
  func `the simulated store passes the conformance suite`(_ index: Int) async throws {
    let store = SimulatedLockStore()
    let carriers = Carriers()
    let serving = Task { await store.run() }
    let world = LockWorld {
      let link = store.connect(host: "client")
      let carrier = Task { await link.run() }
      carriers.add(carrier)
      return link
    }
    let check = LockConformance.checks[index]
    do {
      try await check.run(world)
    } catch {
      Lab.current?.check(false, "\(check): \(error)")
    }
    serving.cancel()
    carriers.cancel()
  }
}

/// What carries messages, until it is told to stop.
private final class Carriers: Sendable {
  private let tasks = Guarded([Task<Void, Never>]())
  func add(_ task: Task<Void, Never>) { tasks.withLock { $0.append(task) } }
  func cancel() { for task in tasks.withLock({ $0 }) { task.cancel() } }
}
