import Interlock
import Testing

@Suite struct AdmissionQueueTests {
  @Test func `a big request at the head is not overtaken by a small one behind it`() {
    var queue = AdmissionQueue(capacity: 3, waitingLimit: 10)
    let holder = admitted(queue.request(.permits(2)))
    let big = waiting(queue.request(.permits(3)))
    let small = waiting(queue.request(.permits(1)))
    #expect(queue.inUse == 2)
    #expect(queue.release(holder) == [big])
    #expect(queue.release(big) == [small])
  }

  @Test func `when the big head gives up, those behind it who fit are admitted in that step`() {
    var queue = AdmissionQueue(capacity: 3, waitingLimit: 10)
    _ = queue.request(.permits(1))
    let big = waiting(queue.request(.exclusive))
    let small = [waiting(queue.request(.permits(1))), waiting(queue.request(.permits(1)))]
    let third = waiting(queue.request(.permits(1)))
    let answer = queue.withdraw(big, .expired)
    #expect(answer?.ahead == 0)
    #expect(answer?.admitted == small)
    let last = queue.withdraw(third, .cancelled)
    #expect(last?.ahead == 0)
    #expect(queue.statistics.expired == 1)
    #expect(queue.statistics.cancelled == 1)
  }

  @Test func `one reader is one permit, a writer is all of them`() {
    var queue = AdmissionQueue(capacity: 1000, waitingLimit: 10)
    let readers = [admitted(queue.request(.permits(1))), admitted(queue.request(.permits(1)))]
    let writer = waiting(queue.request(.exclusive))
    let late = waiting(queue.request(.permits(1)))
    #expect(queue.release(readers[0]) == [])
    #expect(queue.release(readers[1]) == [writer])
    #expect(queue.release(writer) == [late])
  }

  @Test func `a cancellation after the grant comes too late, and the holder releases`() {
    var queue = AdmissionQueue(capacity: 1, waitingLimit: 10)
    let first = admitted(queue.request(.exclusive))
    let second = waiting(queue.request(.exclusive))
    #expect(queue.release(first) == [second])
    #expect(queue.withdraw(second, .cancelled) == nil)
    #expect(queue.inUse == 1)
    #expect(queue.release(second) == [])
    #expect(queue.inUse == 0)
  }

  @Test func `no more wait than may, and more than there is is never admitted`() {
    var queue = AdmissionQueue(capacity: 2, waitingLimit: 1)
    #expect(queue.request(.permits(3)) == .exceedsCapacity(requested: 3))
    _ = queue.request(.exclusive)
    _ = waiting(queue.request(.permits(1)))
    #expect(queue.request(.permits(1)) == .full(waiting: 1))
    #expect(queue.admitAtOnce(.permits(1)) == nil)
    #expect(queue.statistics.refused == 1)
  }

  @Test func `a release of what is not held is a broken invariant`() async {
    await #expect(processExitsWith: .failure) {
      var queue = AdmissionQueue(capacity: 2, waitingLimit: 1)
      guard case .admitted(let ticket) = queue.request(.permits(1)) else { return }
      _ = queue.release(ticket)
      _ = queue.request(.permits(1))
      _ = queue.release(ticket)
    }
  }

  @Test(arguments: [1, 2, 3])
  func `every sequence of five steps agrees with the naive model`(capacity: Int) throws {
    var choices = Choices()
    var worlds = 0
    while choices.advance() {
      worlds += 1
      var model = AdmissionModel(capacity: capacity, waitingLimit: 3)
      do {
        for _ in 0..<5 {
          try model.step { choices.pick($0) }
          try model.check()
        }
      } catch {
        Issue.record("capacity \(capacity), choices \(choices.trail): \(error)")
        return
      }
    }
    #expect(worlds > 2_000)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `long random sequences agree with the naive model`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var model = AdmissionModel(
      capacity: .random(in: 1...6, using: &generator),
      waitingLimit: .random(in: 0...20, using: &generator))
    for step in 0..<500 {
      do {
        try model.step { .random(in: 0..<$0, using: &generator) }
        try model.check()
      } catch {
        Issue.record("seed \(seed), step \(step): \(error)")
        return
      }
    }
  }

  private func admitted(_ verdict: AdmissionQueue.Verdict) -> Ticket {
    guard case .admitted(let ticket) = verdict else { fatalError("not admitted: \(verdict)") }
    return ticket
  }

  private func waiting(_ verdict: AdmissionQueue.Verdict) -> Ticket {
    guard case .waiting(let ticket) = verdict else { fatalError("not waiting: \(verdict)") }
    return ticket
  }
}
