/// Lets tasks wait for what an ``AdmissionQueue`` decides.
///
/// The one waiting façade under the mutex and the semaphore. Its promises: a ticket is issued before
/// the task first suspends; if the grant meets a cancellation or the deadline, the grant wins and
/// the winner releases; a grant is never lost; nobody is resumed under the lock.
@usableFromInline
package final class AdmissionGate: Sendable {
  @usableFromInline package typealias Claim = AdmissionQueue.Claim

  private enum Outcome: Sendable {
    case admitted
    case cancelled
    case expired(ahead: Int, inUse: Int)
  }

  private struct State: Sendable {
    var queue: AdmissionQueue
    var tasks = WaitTable<Outcome>()

    /// Concludes the wait of tickets that the queue has admitted.
    mutating func admit(_ tickets: [Ticket]) -> [WaitTable<Outcome>.Wakeup] {
      var wakeups = [WaitTable<Outcome>.Wakeup]()
      for ticket in tickets {
        if let wakeup = tasks.conclude(ticket, .admitted) { wakeups.append(wakeup) }
      }
      return wakeups
    }
  }

  private let name: String
  private let clock: any MonotonicClock
  private let state: Guarded<State>

  package init(name: String, capacity: Int, waitingLimit: Int, clock: any MonotonicClock) {
    self.name = name
    self.clock = clock
    state = Guarded(
      State(queue: AdmissionQueue(capacity: capacity, waitingLimit: waitingLimit)))
  }

  package var statistics: AdmissionStatistics { state.withLock { $0.queue.statistics } }

  /// Admits the claim if nothing stands in its way; otherwise leaves no trace.
  ///
  /// The way in that neither suspends nor allocates.
  @usableFromInline
  package func enterAtOnce(_ claim: Claim) -> Ticket? {
    state.withLock { $0.queue.admitAtOnce(claim) }
  }

  /// Waits in line until the claim is admitted.
  @usableFromInline
  package func enter(_ claim: Claim, until deadline: Instant?) async throws -> Ticket {
    try Task.checkCancellation()
    let (verdict, capacity) = state.withLock { state in
      let verdict = state.queue.request(claim)
      if case .waiting(let ticket) = verdict { state.tasks.expect(ticket) }
      return (verdict, state.queue.capacity)
    }
    switch verdict {
    case .admitted(let ticket):
      return ticket
    case .full(let waiting):
      throw AdmissionError(name: name, reason: .queueFull(waiting: waiting))
    case .exceedsCapacity(let requested):
      throw AdmissionError(
        name: name, reason: .exceedsCapacity(requested: requested, capacity: capacity))
    case .waiting(let ticket):
      guard let deadline else {
        guard case .admitted = await outcome(of: ticket) else { throw CancellationError() }
        return ticket
      }
      let start = clock.now
      switch await outcome(of: ticket, until: deadline, from: start) {
      case .admitted:
        return ticket
      case .cancelled:
        throw CancellationError()
      case .expired(let ahead, let inUse):
        throw AdmissionError(
          name: name,
          reason: .timedOut(
            waited: start.duration(to: clock.now), ahead: ahead, inUse: inUse, capacity: capacity)
        )
      }
    }
  }

  /// Gives back what a ticket holds and wakes those who are admitted by it.
  @usableFromInline
  package func leave(_ ticket: Ticket) {
    let wakeups = state.withLock { state -> [WaitTable<Outcome>.Wakeup]? in
      let admitted = state.queue.release(ticket)
      return admitted.isEmpty ? nil : state.admit(admitted)
    }
    if let wakeups { perform(wakeups) }
  }

  /// Resumes tasks, outside the lock.
  ///
  /// Not inlined: the way without waiters is measurably shorter when it does not prepare for them.
  @inline(never)
  private func perform(_ wakeups: [WaitTable<Outcome>.Wakeup]) {
    for wakeup in wakeups { wakeup.perform(at: self) }
  }

  /// Waits for the outcome with a child that ends the wait at the deadline.
  private func outcome(
    of ticket: Ticket, until deadline: Instant, from start: Instant
  ) async -> Outcome {
    guard deadline > start else {
      withdraw(ticket, .expired)
      return await outcome(of: ticket)
    }
    return await withTaskGroup(of: Void.self) { group in
      group.addTask { [self, clock] in
        // The sleep fails only by cancellation: then the wait is over, or ends by its own handler.
        guard (try? await clock.sleep(until: deadline)) != nil else { return }
        withdraw(ticket, .expired)
      }
      let outcome = await outcome(of: ticket)
      group.cancelAll()
      return outcome
    }
  }

  private func outcome(of ticket: Ticket) async -> Outcome {
    defer { WaitTable<Outcome>.noteResumption(at: self) }
    return await withTaskCancellationHandler {
      await unsafe withUnsafeContinuation { continuation in
        state.withLock { unsafe $0.tasks.park(ticket, continuation) }?.perform(at: self)
      }
    } onCancel: {
      withdraw(ticket, .cancelled)
    }
  }

  /// Ends a wait unless the grant came first, and wakes those whom that lets in.
  private func withdraw(_ ticket: Ticket, _ cause: AdmissionQueue.Withdrawal) {
    let wakeups = state.withLock { state -> [WaitTable<Outcome>.Wakeup] in
      guard let (ahead, admitted) = state.queue.withdraw(ticket, cause) else { return [] }
      var wakeups = state.admit(admitted)
      let outcome: Outcome =
        switch cause {
        case .cancelled: .cancelled
        case .expired: .expired(ahead: ahead, inUse: state.queue.inUse)
        }
      if let wakeup = state.tasks.conclude(ticket, outcome) { wakeups.append(wakeup) }
      return wakeups
    }
    perform(wakeups)
  }
}
