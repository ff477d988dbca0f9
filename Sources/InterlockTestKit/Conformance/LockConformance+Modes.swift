internal import Interlock
internal import InterlockLocks

extension LockConformance {
  /// Sharing and permits.
  static let modes: [Check] = [
    Check("locks.P4 readers share; a writer waits for them, and later readers for it") { world in
      let (one, other) = (try await world.client(), try await world.client())
      let log = Log()
      let first = try await Hold(one, "a", .shared)
      let second = try await Hold(other, "a", .shared)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await one.withLock("a") { _ in log.append("writer") } }
        try await world.untilWaiting(1, for: "a", one)
        for number in 0..<3 {
          group.addTask {
            try await other.withLock("a", .shared) { _ in log.append("reader") }
          }
          try await world.untilWaiting(2 + number, for: "a", one)
        }
        try await first.release()
        try require(log.lines.isEmpty, "the writer waits for both readers")
        try await second.release()
        try await group.waitForAll()
      }
      try require(
        log.lines == ["writer", "reader", "reader", "reader"],
        "the writer comes before readers that came later: \(log.lines)")
    },
    Check("readers at the head of the line go in together") { world in
      let (one, other) = (try await world.client(), try await world.client())
      let writer = try await Hold(one, "a")
      let inside = Counting()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<3 {
          group.addTask {
            try await other.withLock("a", .shared) { _ in
              inside.enter()
              try await world.until("all three are inside", other) { inside.most == 3 }
            }
          }
          try await world.untilWaiting(number + 1, for: "a", one)
        }
        try await writer.release()
        try await group.waitForAll()
      }
    },
    Check("locks.P5 never more permits than there are, and a large request is not overtaken") {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      let inside = Counting()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<12 {
          let client = number.isMultiple(of: 2) ? one : other
          let count = number % 3 + 1
          group.addTask {
            for _ in 0..<5 {
              try await client.withPermits(count, of: 3, "a") { _ in
                inside.enter(count)
                await Task.yield()
                inside.leave(count)
              }
            }
          }
        }
        try await group.waitForAll()
      }
      try require(inside.most <= 3, "never more than 3 inside: \(inside.most)")
      try require(try await one.record(of: "a").isIdle, "nothing is left of it")
    },
    Check("locks.P5 another limit, or another form, is refused while it is in use") { world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withPermits(1, of: 4, "a") { _ in
        for mode in [LockMode.permits(1, of: 5), .shared] {
          let reason = try await lockError("\(mode) is refused") {
            try await other.withLock("a", mode, timeout: .zero) { _ in }
          }
          guard case .configurationMismatch = reason else {
            throw ConformanceFailure("\(mode) does not fit 4 permits, not: \(reason)")
          }
        }
      }
      try await other.withPermits(5, of: 5, "a", timeout: world.patience) { _ in }
    },
    Check("a shared lock is made exclusive only by who is alone, and shared again lets others in") {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withLock("a", .shared) { mine in
        let theirs = try await Hold(other, "a", .shared)
        try require(try await !mine.upgrade(), "it is not upgraded while others are inside")
        try await theirs.release()
        let before = mine.fence
        try require(try await mine.upgrade(), "it is upgraded when nobody else is")
        try require(mine.fence >= before, "its fence does not go back")
        try require(try await other.tryLock("a", .shared) == nil, "then others wait")
        try await mine.downgrade()
        guard let shared = try await other.tryLock("a", .shared) else {
          throw ConformanceFailure("others come in when it is shared again")
        }
        try await shared.release()
      }
    },
  ]
}

/// How many are inside.
private final class Counting: Sendable {
  private let state = Guarded((now: 0, most: 0))
  var most: Int { state.withLock { $0.most } }
  func enter(_ count: Int = 1) {
    state.withLock { state in
      state.now += count
      state.most = max(state.most, state.now)
    }
  }
  func leave(_ count: Int) { state.withLock { $0.now -= count } }
}
