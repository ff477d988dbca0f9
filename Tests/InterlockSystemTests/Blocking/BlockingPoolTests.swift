import Foundation
import Interlock
import TestSupport
import Testing

@testable import InterlockSystem

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct BlockingPoolTests {
  @Test func `never more calls than its width run at once, and all run`() async throws {
    let pool = BlockingPool(width: 3, capacity: 1000)
    let running = Peak()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<500 {
        group.addTask {
          try await pool.run {
            running.enter()
            sched_yield()
            running.leave()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(running.total == 500)
    #expect((1...3).contains(running.highest))
  }

  @Test func `a full pool refuses and says so; what was queued still runs`() async throws {
    let pool = BlockingPool(width: 1, capacity: 2)
    let gate = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<3 {
      try pool.submit {
        gate.wait()
        done.signal()
      }
    }
    var refused = 0
    // The thread may or may not have taken the first job yet, which leaves room for one more.
    for _ in 0..<2 {
      do { try pool.submit { done.signal() } } catch {
        refused += 1
        #expect(error.description.contains("2 already wait"))
      }
    }
    #expect(refused >= 1)
    for _ in 0..<3 { gate.signal() }
    let expected = 5 - refused
    try await BlockingPool.shared.run { for _ in 0..<expected { done.wait() } }
  }

  @Test func `an abandoned call lets its cancelled caller go and ends alone`() async throws {
    let pool = BlockingPool(width: 1, capacity: 0)
    let gate = DispatchSemaphore(value: 0)
    let call = Task {
      try await pool.run(whenCancelled: .abandons) { gate.wait() }
    }
    call.cancel()
    await #expect(throws: CancellationError.self) { try await call.value }
    gate.signal()
  }

  @Test func `a call that is waited for is finished though its caller is cancelled`() async throws {
    let pool = BlockingPool(width: 1, capacity: 0)
    let gate = DispatchSemaphore(value: 0)
    let call = Task {
      try await pool.run {
        gate.wait()
        return 7
      }
    }
    call.cancel()
    gate.signal()
    #expect(try await call.value == 7)
  }

  @Test func `without threads every job is refused, however many are submitted at once`() async {
    for _ in 0..<200 {
      let pool = BlockingPool(width: 2, capacity: 100) { (_) throws(SystemError) in
        for _ in 0..<20 { sched_yield() }
        throw SystemError("start", "a thread", number: EAGAIN)
      }
      let accepted = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask { (try? pool.submit {}) == nil ? 0 : 1 }
        }
        return await group.reduce(0, +)
      }
      #expect(accepted == 0)
    }
  }

  @Test func `what a call throws reaches its caller`() async {
    struct Failure: Error {}
    await #expect(throws: Failure.self) { try await BlockingPool.shared.run { throw Failure() } }
  }
}

/// How many are inside at once.
private final class Peak: Sendable {
  private let state = Guarded((now: 0, highest: 0, total: 0))
  func enter() {
    state.withLock {
      $0.now += 1
      $0.total += 1
      $0.highest = max($0.highest, $0.now)
    }
  }
  func leave() { state.withLock { $0.now -= 1 } }
  var highest: Int { state.withLock { $0.highest } }
  var total: Int { state.withLock { $0.total } }
}
