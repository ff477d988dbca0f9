import Interlock
import InterlockLab
import TestSupport
import Testing

/// The mutex under every schedule of small bodies.
@Suite(.tags(.race), .ownThread) struct ExhaustiveMutexTests {
  private struct Room {
    var isOccupied = false
    var visits = 0
  }

  private enum Visit: Sendable { case made, cancelled, late }

  private static func visit(
    _ mutex: AsyncMutex<Room>, _ lab: Lab, until deadline: Instant? = nil
  ) async -> Visit {
    do {
      try await mutex.withLock(until: deadline) { room in
        lab.check(!room.isOccupied, "two are in")
        room.isOccupied = true
        await Task.yield()
        room.isOccupied = false
        room.visits += 1
      }
      return .made
    } catch {
      return error is CancellationError ? .cancelled : .late
    }
  }

  /// That nobody is in or waits, and that whoever was let in made its visit.
  private static func checkFree(_ mutex: AsyncMutex<Room>, visits: Int, _ lab: Lab) {
    let statistics = mutex.statistics
    lab.check(statistics.inUse == 0 && statistics.waiting == 0, "\(statistics)")
    lab.check(statistics.admitted == visits, "\(visits) visits, \(statistics)")
  }

  /// So many who come once; whoever is not cancelled is let in.
  private static func crowd(_ count: Int, of visits: Journal<Visit>? = nil)
    -> @Sendable (Lab) async throws -> Void
  {
    { lab in
      let mutex = AsyncMutex(Room(), name: "mutex")
      let made = await withTaskGroup(of: Visit.self) { group in
        for _ in 0..<count { group.addTask { await visit(mutex, lab) } }
        return await group.reduce(into: 0) { made, visit in
          visits?.write(visit)
          if visit == .made { made += 1 }
        }
      }
      checkFree(mutex, visits: made, lab)
      lab.check(made == count || visits != nil, "\(made) of \(count) visits")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `of two tasks each is let in alone, wherever they are interrupted`() async throws {
    try await exhaust(.every.interrupting, Self.crowd(2))
  }

  @Test(.timeLimit(.minutes(10)))
  func `of three tasks each is let in alone`() async throws {
    try await exhaust(.everyWithTwoPreemptions, Self.crowd(3))
    try await exhaust(.everyKind, Self.crowd(3))
  }

  @Test(.timeLimit(.minutes(10)), arguments: [2, 3])
  func `whichever task is cancelled, wherever it is, no grant is lost`(tasks: Int) async throws {
    let visits = Journal<Visit>()
    let plan = tasks == 2 ? Plan.every : .everyWithTwoPreemptions
    try await exhaust(plan.cancellingAnywhere, Self.crowd(tasks, of: visits))
    #expect(Set(visits.all) == [.made, .cancelled])
  }

  @Test(.timeLimit(.minutes(10)))
  func `a grant that meets a cancellation is taken or handed on`() async throws {
    let ends = Journal<Visit>()
    try await exhaust(.everyWithTwoPreemptions.interrupting) { lab in
      let mutex = AsyncMutex(Room(), name: "mutex")
      // Owner: this body, which waits for it.
      let cancelled = Task { await Self.visit(mutex, lab) }
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          let other = await Self.visit(mutex, lab)
          lab.check(other == .made, "\(other)")
        }
        group.addTask { cancelled.cancel() }
      }
      let end = await cancelled.value
      Self.checkFree(mutex, visits: end == .made ? 2 : 1, lab)
      ends.write(end)
    }
    #expect(Set(ends.all) == [.made, .cancelled], "both ways it can go are gone")
  }

  @Test(.timeLimit(.minutes(10)))
  func `a grant at the very deadline is taken or handed on`() async throws {
    let ends = Journal<Visit>()
    try await exhaust(.everyWithTwoPreemptions) { lab in
      let clock = SystemClock()
      let mutex = AsyncMutex(Room(), name: "mutex", clock: clock)
      let deadline = clock.now.advanced(by: .seconds(1))
      // Owner: this body, which waits for them.
      let holder = Task { try await mutex.withLock { _ in try await clock.sleep(until: deadline) } }
      try await clock.sleep(for: .milliseconds(1))
      let hurried = Task { await Self.visit(mutex, lab, until: deadline) }
      let patient = await Self.visit(mutex, lab)
      let end = await hurried.value
      try await holder.value
      lab.check(patient == .made, "\(patient)")
      Self.checkFree(mutex, visits: end == .made ? 3 : 2, lab)
      ends.write(end)
    }
    #expect(Set(ends.all) == [.made, .late], "both ways it can go are gone")
  }
}
