import Interlock
import InterlockLab
import InterlockLabTesting
import InterlockLocks
import TestSupport
import Testing

/// Every order of small bodies on the locks of one process (locks.M1).
@Suite(.tags(.race)) struct LockRaceTests {
  /// How many are inside, and how many ever were at once.
  final class Inside: Sendable {
    private let state = Guarded((now: 0, most: 0))
    var most: Int { state.withLock { $0.most } }
    var now: Int { state.withLock { $0.now } }
    func enter() {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
    }
    func leave() { state.withLock { $0.now -= 1 } }
  }

  @Test(.explored(.many(1000)))
  func `locks.M1 one at a time, whoever is cancelled or gives up`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    let inside = Inside()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<3 {
        group.addTask {
          let timeout: Duration? = number == 1 ? .milliseconds(2) : nil
          try? await client.withLock("a", timeout: timeout) { _ in
            inside.enter()
            try? await SystemClock().sleep(for: .milliseconds(1))
            inside.leave()
          }
        }
      }
      let cancelled = Task { try? await client.withLock("a") { _ in await Task.yield() } }
      cancelled.cancel()
      _ = await cancelled.value
    }
    Lab.current?.check(inside.most == 1, "\(inside.most) were inside at once")
    Lab.current?.check(backend.count == 0, "something is left of the lock")
    Lab.current?.check(client.waiting == 0, "somebody is thought to wait")
  }

  @Test(.explored(.many(1000)))
  func `locks.M1 nested bodies of child tasks take turns, and the outermost gives back last`()
    async throws
  {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    let inside = Inside()
    try await client.withLock("a") { outer in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            try? await client.withLock("a") { inner in
              inside.enter()
              Lab.current?.check(inner.fence == outer.fence, "a nested body has another fence")
              await Task.yield()
              inside.leave()
            }
          }
        }
      }
      Lab.current?.check(backend.count == 1, "given back before the outermost ended")
    }
    Lab.current?.check(inside.most == 1, "\(inside.most) nested bodies at once")
    Lab.current?.check(backend.count == 0, "something is left of the lock")
  }

  @Test(.explored(.many(1000)))
  func `locks.M1 a task that outlives the body is never inside beside another holder`() async throws
  {
    let client = LockClient(InProcessBackend())
    let inside = Inside()
    @Sendable func work() async throws {
      try await client.withLock("a") { _ in
        inside.enter()
        await Task.yield()
        inside.leave()
      }
    }
    let outlives = try await client.withLock("a") { _ in Task { try await work() } }
    async let other: Void = work()
    try await outlives.value
    try await other
    Lab.current?.check(inside.most == 1, "\(inside.most) were inside at once")
  }

  @Test(.explored(.many(1000)))
  func `locks.R15 a circle of two is broken, and never both give up`() async throws {
    let client = LockClient(InProcessBackend())
    @Sendable func cross(_ own: LockName, _ wanted: LockName) async -> Bool {
      do {
        try await client.withLock(own) { _ in
          await Task.yield()
          try await client.withLock(wanted) { _ in }
        }
        return true
      } catch {
        return false
      }
    }
    async let one = cross("a", "b")
    async let other = cross("b", "a")
    let done = await [one, other].filter { $0 }
    Lab.current?.check(!done.isEmpty, "both gave up")
    Lab.current?.check(client.waiting == 0, "somebody is thought to wait")
  }

  @Test(.explored(.many(1000)))
  func `locks.R15 a circle of three is broken`() async throws {
    let client = LockClient(InProcessBackend())
    let names: [LockName] = ["a", "b", "c"]
    let done = await withTaskGroup(of: Bool.self) { group in
      for place in 0..<3 {
        group.addTask {
          do {
            try await client.withLock(names[place]) { _ in
              await Task.yield()
              try await client.withLock(names[(place + 1) % 3]) { _ in }
            }
            return true
          } catch {
            return false
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    Lab.current?.check(done >= 1, "all gave up")
  }

  @Test(.explored(.many(1000)))
  func `locks.P4 readers and a writer are never inside together`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    let (readers, writers) = (Inside(), Inside())
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        group.addTask {
          let isShared = number.isMultiple(of: 2)
          try? await client.withLock("a", isShared ? .shared : .exclusive) { lease in
            let mine = isShared ? readers : writers
            mine.enter()
            Lab.current?.check(
              writers.now == 0 || writers.now == 1 && readers.now == 0, "a writer is not alone")
            await Task.yield()
            mine.leave()
          }
        }
      }
    }
    Lab.current?.check(backend.count == 0, "something is left of the lock")
  }

  @Test(.explored(.many(1000)))
  func `locks.R9 a lock taken away while it is given back is given back once`() async throws {
    let backend = InProcessBackend()
    let client = LockClient(backend)
    let holder = Task {
      try? await client.withLock("a") { _ in await Task.yield() }
    }
    let breaker = Task { try? await client.forceUnlock("a", expecting: .anyHolder) }
    let next = Task { try? await client.withLock("a") { $0.fence } }
    _ = await holder.value
    _ = await breaker.value
    // Broken too, it may have been: then it says so.
    _ = await next.value
    Lab.current?.check(backend.count == 0, "something is left of the lock")
  }
}
