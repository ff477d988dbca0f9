internal import Interlock
internal import InterlockLocks

extension LockConformance {
  /// Taking away, asking, clearing.
  static let recovery: [Check] = [
    Check(
      "locks.R8 C16 force needs the right token, tells the holder, and lets the next in under a greater fence"
    ) {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      let held = try await Hold(one, "a")
      let fence = held.lease.fence
      for wrong in ["il1:nobody:1:1:0000000000000000:1", ""] {
        let reason = try await lockError("the wrong token '\(wrong)' is refused") {
          try await other.forceUnlock("a", expecting: .token(wrong))
        }
        guard case .notHolder = reason else {
          throw ConformanceFailure("the token '\(wrong)' is refused as not holding: \(reason)")
        }
      }
      try held.lease.check()
      let lease = held.lease
      // Owned by the check, which awaits it.
      let waiter = Task { try await other.withLock("a") { $0.fence } }
      try await world.untilWaiting(1, for: "a", other)
      let ended = try await other.forceUnlock("a", expecting: .token(lease.token), reason: "a test")
      try require(ended.map(\.token) == [lease.token], "who was ended is told: \(ended)")
      let next = try await waiter.value
      try require(next > fence, "the next has a greater fence: \(next), \(fence)")
      guard case .revoked(_, "a test") = await lease.loss() else {
        throw ConformanceFailure("the holder is told who did it and why")
      }
      do {
        try await held.release()
        throw ConformanceFailure("giving back what was taken away says so")
      } catch let error as LockError {
        guard case .lost(.revoked) = error.reason else {
          throw ConformanceFailure("giving back what was taken away says so: \(error)")
        }
      }
    },
    Check("locks.R9 a body that is asked gives back, and one that does not listen is ended") {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      // Owned by the check, which awaits it.
      let polite = Task {
        try await one.withCancellableLock("run-7/polite") { _ in
          try await untilCancelled()
        }
      }
      let deaf = try await Hold(one, "run-7/deaf")
      try await world.until("both are held", other) {
        try await other.records(below: "run-7").count == 2
      }
      let cleared = try await other.clear(
        below: "run-7", .graceful(.milliseconds(300)), reason: "r")
      let outcomes = Dictionary(uniqueKeysWithValues: cleared.map { ($0.name.text, $0.outcome) })
      try require(
        outcomes == ["run-7/polite": .yielded, "run-7/deaf": .ended],
        "each as it behaved: \(outcomes)")
      guard case .failure(let error as LockError) = await polite.result,
        case .yielded = error.reason
      else { throw ConformanceFailure("the polite body says why it ended") }
      guard case .revoked = await deaf.lease.loss() else {
        throw ConformanceFailure("the deaf one is told that it was ended")
      }
      _ = try? await deaf.release()
    },
    Check(
      "locks.R9 R10 C11 clearing touches what is below the name, and no live holder unless told to"
    ) { world in
      let (one, other) = (try await world.client(), try await world.client())
      let names: [LockName] = ["run-7", "run-7/x", "run-70", "run-7x"]
      let first = try await Hold(one, names[0])
      let second = try await Hold(one, names[1])
      let third = try await Hold(one, names[2])
      let fourth = try await Hold(one, names[3])
      let orphans = try await other.clear(below: "run-7", .orphans)
      try require(
        orphans.allSatisfy { $0.outcome == .kept } && orphans.count == 2,
        "live holders are kept: \(orphans.map(\.outcome))")
      let cleared = try await other.clear(below: "run-7", .now)
      try require(
        Set(cleared.map(\.name)) == [names[0], names[1]],
        "run-70 and run-7x are not below run-7: \(cleared.map(\.name))")
      try third.lease.check()
      try fourth.lease.check()
      _ = try? await first.release()
      _ = try? await second.release()
      try await third.release()
      try await fourth.release()
    },
    Check("what is destroyed instead of being given back is given back, and counted") { world in
      let (one, other) = (try await world.client(), try await world.client())
      do { _ = try await one.acquire("a") }
      try await other.withLock("a", timeout: world.patience) { _ in }
      try require(one.statistics["a"]?.leaked == 1, "it is counted as leaked")
    },
  ]
}
