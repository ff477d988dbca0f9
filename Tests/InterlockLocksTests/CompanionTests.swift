import Interlock
import InterlockLabTesting
import InterlockLocks
import Testing

/// What is held together with locks, in every order.
@Suite struct CompanionTests {
  /// One thing that all locks share, which tells what it saw.
  final class Companion: LockCompanion {
    private let backend: InProcessBackend
    private let state = Guarded(
      (holder: LockToken?.none, taken: 0, inside: 0, faults: [String]()))

    init(_ backend: InProcessBackend) { self.backend = backend }

    /// A body begins: how many there are, or none when it is held by nobody.
    func enter() -> Int {
      state.withLock { state in
        state.inside += 1
        return state.holder == nil ? 0 : state.inside
      }
    }

    func leave() { state.withLock { $0.inside -= 1 } }

    var taken: Int { state.withLock { $0.taken } }
    var faults: [String] { state.withLock { $0.faults } }
    var isFree: Bool { state.withLock { $0.holder == nil } }

    func take(
      _ name: LockName, for token: LockToken, by clock: any MonotonicClock, until deadline: Instant?
    ) async throws -> Bool {
      var hasWaited = false
      while true {
        let isTaken = state.withLock { state in
          guard state.holder == nil else { return false }
          (state.holder, state.taken) = (token, state.taken + 1)
          return true
        }
        if isTaken { return hasWaited }
        hasWaited = true
        if let deadline, deadline <= clock.now {
          throw LockError(name, .timedOut(limit: .zero, holder: nil))
        }
        try await clock.sleep(for: .milliseconds(50))
      }
    }

    func giveBack(_ name: LockName, for token: LockToken, _ done: @escaping @Sendable () -> Void) {
      state.withLock { state in
        if state.holder != token { state.faults.append("given back by another") }
        if backend.count == 0 { state.faults.append("given back after the lock") }
        state.holder = nil
      }
      done()
    }

    func holder(of name: LockName) async throws(LockError) -> LockHolder? { nil }
  }

  @Test(.explored(schedules: 200))
  func `a lock is held with what goes with it, by one at a time, whoever is cancelled`()
    async throws
  {
    let backend = InProcessBackend()
    let companion = Companion(backend)
    let locks = LockClient(backend, companion: companion)
    @Sendable func work(_ name: LockName) async throws {
      try await locks.withLock(name, timeout: .seconds(1)) { _ in
        #expect(companion.enter() == 1)
        try await locks.withLock(name) { _ in await Task.yield() }
        companion.leave()
      }
    }
    await withTaskGroup(of: Void.self) { group in
      for name in ["a", "a", "b"] as [LockName] {
        group.addTask {
          do {
            try await work(name)
          } catch is CancellationError {
            // One that was cancelled before it held all of it.
          } catch {
            Issue.record("\(error)")
          }
        }
      }
      await Task.yield()
      group.cancelAll()
    }
    #expect(companion.isFree && companion.faults == [])
    #expect(backend.count == 0)
    #expect(locks.statistics.values.allSatisfy { $0.held == 0 })
    try await work("a")
  }

  @Test(.explored(schedules: 20))
  func `it is taken after the lock and given back before it`() async throws {
    let backend = InProcessBackend()
    let companion = Companion(backend)
    let locks = LockClient(backend, companion: companion)
    let first = try await locks.acquire("a")
    let second = Task { try await locks.withLock("a") { _ in #expect(companion.taken == 2) } }
    while locks.waiting == 0 { await Task.yield() }
    #expect(companion.taken == 1, "who waits for the lock does not ask for the rest")
    try await first.release()
    try await second.value
    #expect(companion.isFree && companion.faults == [])
    #expect(locks.statistics["a"]?.waited == 1)
    do {
      _ = try await locks.acquire("a")
    }
    while backend.count > 0 { await Task.yield() }
    #expect(companion.isFree && companion.faults == [], "one that is dropped, too")
  }
}
