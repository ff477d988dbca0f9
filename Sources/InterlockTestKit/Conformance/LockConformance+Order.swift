internal import Interlock
internal import InterlockLocks

extension LockConformance {
  /// Who comes next.
  static let order: [Check] = [
    Check("locks.C7 P6 waiters are let in one at a time, in the order they came, whoever they are")
    { world in
      let clients = try await [world.client(), world.client(), world.client()]
      let log = Log()
      let held = try await Hold(clients[0], "a")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<9 {
          let client = clients[number % clients.count]
          group.addTask {
            try await client.withLock("a") { _ in
              log.append("start \(number)")
              await Task.yield()
              log.append("end \(number)")
            }
          }
          try await world.untilWaiting(number + 1, for: "a", clients[0])
        }
        try await held.release()
        try await group.waitForAll()
      }
      let expected = (0..<9).flatMap { ["start \($0)", "end \($0)"] }
      try require(log.lines == expected, "they come in order: \(log.lines)")
      try require(try await clients[0].record(of: "a").isIdle, "nothing is left of it")
    },
    Check("waiters are listed in line, with whose they are and what for") { world in
      let (one, other) = (try await world.client(), try await world.client())
      let held = try await Hold(one, "a", options: LockOptions(reason: "held"))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<3 {
          group.addTask {
            try await other.withLock("a", options: LockOptions(reason: "waiter \(number)")) { _ in }
          }
          try await world.untilWaiting(number + 1, for: "a", one)
        }
        let record = try await other.record(of: "a")
        try require(record.holders.map(\.reason) == ["held"], "the holder is listed: \(record)")
        try require(
          record.waiters.map(\.reason) == ["waiter 0", "waiter 1", "waiter 2"],
          "waiters are listed in line: \(record.waiters.map(\.reason))")
        try require(
          record.waiters.allSatisfy { $0.owner == other.backend.session.owner || $0.owner != nil },
          "waiters have owners")
        try require(
          try await other.records(below: nil).map(\.name) == ["a"], "the lock is listed")
        try require(try await one.disagreements(about: "a").isEmpty, "everything recorded agrees")
        try await held.release()
        try await group.waitForAll()
      }
      try require(try await one.records(below: nil).isEmpty, "nothing is listed when idle")
    },
    Check("locks.R2 who gives up in line holds up nobody") { world in
      let (one, other) = (try await world.client(), try await world.client())
      let log = Log()
      let held = try await Hold(one, "a")
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await other.withLock("a") { _ in log.append("first") } }
        try await world.untilWaiting(1, for: "a", one)
        // Owned by the check, which awaits it.
        let leaver = Task { try await one.withLock("a") { _ in log.append("leaver") } }
        try await world.untilWaiting(2, for: "a", one)
        group.addTask { try await one.withLock("a") { _ in log.append("last") } }
        try await world.untilWaiting(3, for: "a", one)
        leaver.cancel()
        _ = await leaver.result
        try await world.untilWaiting(2, for: "a", one)
        try await held.release()
        try await group.waitForAll()
      }
      try require(log.lines == ["first", "last"], "the others get on in order: \(log.lines)")
    },
    Check("locks.R15 a circle of waiting is named, and one of it gives up") { world in
      let client = try await world.client()
      let (first, second) = (FirstAnswer<Void>(), FirstAnswer<Void>())
      @Sendable func cross(
        _ own: LockName, _ wanted: LockName, _ mine: FirstAnswer<Void>, _ theirs: FirstAnswer<Void>
      ) async -> LockError.Reason? {
        do {
          try await client.withLock(own) { _ in
            mine.give(())
            await theirs.value
            try await client.withLock(wanted, timeout: world.patience) { _ in }
          }
          return nil
        } catch let error as LockError { return error.reason } catch { return nil }
      }
      async let one = cross("a", "b", first, second)
      async let other = cross("b", "a", second, first)
      let reasons = await [one, other].compactMap { $0 }
      guard reasons.count == 1, case .deadlock(let edges) = reasons[0] else {
        throw ConformanceFailure("one of the two is told of the deadlock: \(reasons)")
      }
      try require(Set(edges.map(\.name)) == ["a", "b"], "the circle is named: \(edges)")
      try require(try await client.records(below: nil).isEmpty, "both are free afterwards")
    },
  ]
}

/// Lines in the order they were written.
final class Log: Sendable {
  private let state = Guarded([String]())
  var lines: [String] { state.withLock { $0 } }
  func append(_ line: String) { state.withLock { $0.append(line) } }
}
