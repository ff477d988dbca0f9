internal import Interlock
internal import InterlockLocks

extension LockConformance {
  /// Taking, waiting, giving back.
  static let contract: [Check] = [
    Check(
      "locks.C2 what is held is locked for everybody, also for its holder; what is given back is not"
    ) {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withLock("a") { _ in
        try require(try await one.isLocked("a"), "the holder is told that it is locked")
        try require(try await other.isLocked("a"), "others are told that it is locked")
        try require(one.isHeldByCurrentOwner("a"), "the holder is told that it holds it")
        try require(!other.isHeldByCurrentOwner("a"), "others are told that they do not")
        try require(try await !other.isLocked("b"), "another lock is free")
      }
      try require(try await !one.isLocked("a"), "it is free when it was given back")
      try require(try await other.record(of: "a").isIdle, "nothing is left of it")
    },
    Check("locks.C3 its owner takes it again at once, and only the outermost gives it back") {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withLock("a", timeout: world.patience) { outer in
        try await one.withLock("a", timeout: world.patience) { inner in
          try require(inner.fence == outer.fence, "both have one fence")
          try require(inner.token == outer.token, "both have one token")
        }
        try require(try await other.tryLock("a") == nil, "it is held until the outermost ends")
      }
      guard let free = try await other.tryLock("a") else {
        throw ConformanceFailure("it is free when the outermost has ended")
      }
      try await free.release()
    },
    Check("locks.C4 C5 a free lock is had at once, whatever else is held") { world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withLock("a") { _ in
        guard let free = try await other.tryLock("b") else {
          throw ConformanceFailure("another lock is not held")
        }
        try await free.release()
      }
    },
    Check("locks.C6 C14 who waits too long is told who holds it, and leaves no trace") { world in
      let (one, other) = (try await world.client(), try await world.client())
      let held = try await Hold(one, "a", options: LockOptions(reason: "reading"))
      // The limit is one of the line: the first contact with a server takes as long as it takes.
      _ = try await other.record(of: "a")
      let reason = try await lockError("a held lock times out") {
        try await other.withLock("a", timeout: .milliseconds(50)) { _ in }
      }
      guard case .timedOut(let limit, let holder) = reason else {
        throw ConformanceFailure("a held lock times out, not: \(reason)")
      }
      try require(limit == .milliseconds(50), "the limit is the one given")
      try require(
        holder?.token == held.lease.token, "the holder is named: \(holder?.token ?? "none")")
      try require(holder?.reason == "reading", "what it does is named")
      let record = try await one.record(of: "a")
      try require(record.waiters.isEmpty, "nobody is left in line: \(record.waiters)")
      try require(
        record.holders.map(\.token) == [held.lease.token], "the holder is undisturbed")
      try held.lease.check()
      try await held.release()
    },
    Check("locks.C9 no increment is lost") { world in
      let clients = try await [world.client(), world.client(), world.client()]
      let counter = Counter()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<6 {
          group.addTask {
            for _ in 0..<20 {
              try await clients[task % clients.count].withLock("counter") { _ in
                let value = counter.value
                await Task.yield()
                counter.value = value + 1
              }
            }
          }
        }
        try await group.waitForAll()
      }
      try require(counter.value == 120, "120 increments are counted: \(counter.value)")
    },
    Check("locks.C10 it is free after a body that throws, and after one that is cancelled") {
      world in
      struct Thrown: Error {}
      let (one, other) = (try await world.client(), try await world.client())
      do {
        try await one.withLock("a") { _ in throw Thrown() }
        throw ConformanceFailure("what the body throws is thrown")
      } catch is Thrown {}
      try require(try await !other.isLocked("a"), "it is free after a body that threw")
      // Owned by the check, which awaits it.
      let body = Task {
        try await one.withCancellableLock("a") { _ in
          try await untilCancelled()
        }
      }
      try await world.until("it is held", other) { try await other.isLocked("a") }
      body.cancel()
      do {
        try await body.value
        throw ConformanceFailure("a cancelled body throws")
      } catch is CancellationError {}
      try require(try await !other.isLocked("a"), "it is free after a body that was cancelled")
    },
    Check("locks.R3 who is cancelled while it waits leaves the line at once") { world in
      let (one, other) = (try await world.client(), try await world.client())
      let held = try await Hold(one, "a")
      // Owned by the check, which awaits it.
      let waiter = Task { try await other.withLock("a") { _ in } }
      try await world.untilWaiting(1, for: "a", one)
      waiter.cancel()
      do {
        try await waiter.value
        throw ConformanceFailure("a cancelled waiter throws")
      } catch is CancellationError {}
      try await world.untilWaiting(0, for: "a", one)
      try held.lease.check()
      try await held.release()
      try require(try await one.record(of: "a").isIdle, "nothing is left of it")
    },
    Check("a grant is given back once, and a token that does not hold gives nothing back") {
      world in
      let backend = try await world.makeBackend()
      let client = LockClient(backend)
      let token = backend.session.nextToken()
      let answer = FirstAnswer<Bool>()
      @Sendable func note(_ result: Result<Bool, LockError>) {
        answer.give((try? result.get()) ?? true)
      }
      let stranger = try await Hold(client, "a")
      backend.release(token, of: "a", note)
      try require(await answer.value == false, "a token that holds nothing gives nothing back")
      try require(try await client.isLocked("a"), "the holder is untouched")
      try await stranger.release()
    },
  ]
}

/// A number that is read and written in two steps.
private final class Counter: Sendable {
  private let state = Guarded(0)
  var value: Int {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
