package import Interlock

/// Whoever has the steps of requests taken on a server: a backend.
///
/// Each step is sent, and its answer is given to the table of the driver in a step of its own.
package protocol RemoteLockServer: AnyObject, Sendable {
  /// Asks for a lock; where that is attended, the caller may wait a moment for the answer.
  func take(_ request: RemoteLockRequest, isAttended: Bool)
  /// Says that a grant was heard of.
  func claim(_ request: RemoteLockRequest)
  /// Takes a request out of line.
  func cancel(_ request: RemoteLockRequest)
  /// Gives a grant back.
  func release(_ request: RemoteLockRequest, isAttended: Bool)
  /// Looks after a lock that is waited for.
  func poke(_ request: RemoteLockRequest)
  /// Asks whether grants are still recorded.
  func verify(_ requests: [RemoteLockRequest])
  /// Asks whether a grant is safe.
  func confirm(_ request: RemoteLockRequest, _ fence: Fence, sent: Instant)
  /// Says that this client lives.
  func sayAlive()
}

/// Takes the steps of a table one at a time, has done what follows from each, and looks again when it is time.
package final class RemoteLockDriver: Sendable {
  private struct Outside: Sendable {
    weak let server: (any RemoteLockServer)?
    let alarm: any LockAlarm
  }

  private let table: Guarded<RemoteLockTable>
  private let clock: any MonotonicClock
  /// What the alarm is set to.
  private let alarmSet = Guarded(Instant.distantFuture)
  /// Set once, right after the server was made, which it does not keep.
  private let outside = Guarded<Outside?>(nil)

  /// For a table that nobody has used.
  package init(_ table: RemoteLockTable, clock: any MonotonicClock) {
    self.table = Guarded(table)
    self.clock = clock
  }

  /// Begins to work for `server`, which makes the alarm that it rings by.
  package func begin(for server: some RemoteLockServer & LockBackend) {
    let alarm = server.makeAlarm { [weak self] in self?.rang() }
    outside.withLock { $0 = Outside(server: server, alarm: alarm) }
  }

  // MARK: Requests

  /// Asks for a lock; whoever listens to the request is always told.
  ///
  /// - Throws: `LockRefusal` when the options are out of their range, or too many requests are open.
  package func request(_ entry: RemoteLockRequest) throws(LockRefusal) {
    if let fault = entry.asked.limitFault {
      throw .failed(LockError(entry.name, .invalidOption(fault)))
    }
    let now = clock.now
    let (action, most): (RemoteLockTable.Action?, Int) = table.withLock { table in
      let most = table.configuration.most
      return (table.count < most ? table.begin(entry, at: now) : nil, most)
    }
    guard let action else { throw .failed(LockError(entry.name, .queueFull(waiting: most))) }
    perform([action], isAttended: true)
  }

  /// Takes a request that waits out of line; on the thread that its listener is always told on.
  package func withdraw(_ text: String) {
    let now = clock.now
    step { $0.withdraw(text, at: now) }
  }

  /// Gives a grant back; `unknown` is it when nothing is known of it here.
  package func release(
    _ text: String, _ unknown: @autoclosure () -> RemoteLockRequest,
    _ answer: @escaping RemoteLockTable.ReleaseAnswer
  ) {
    let now = clock.now
    let actions = table.withLock { table in
      let entry = table.request(text) ?? unknown()
      return table.release(entry, at: now, answer)
    }
    perform(actions, isAttended: true)
    setAlarm()
  }

  /// Looks at the table; nothing follows from it.
  package func look<Result: Sendable>(_ body: (inout RemoteLockTable) -> Result) -> Result {
    table.withLock { body(&$0) }
  }

  // MARK: Steps

  /// Takes a step and has done what follows; on the thread that listeners are told on.
  package func step(_ change: (inout RemoteLockTable) -> [RemoteLockTable.Action]) {
    perform(table.withLock { change(&$0) })
    setAlarm()
  }

  private func rang() {
    alarmSet.withLock { $0 = .distantFuture }
    let now = clock.now
    step { $0.advance(to: now) }
  }

  private func setAlarm() {
    let next = table.withLock { $0.nextDeadline }
    let isEarlier = alarmSet.withLock { set in
      guard next < set else { return false }
      set = next
      return true
    }
    if isEarlier { outside.withLock { $0?.alarm }?.set(next) }
  }

  /// Has done what follows; a caller may wait a moment for the answer to what it asked for itself.
  private func perform(_ actions: [RemoteLockTable.Action], isAttended: Bool = false) {
    guard !actions.isEmpty else { return }
    let server = outside.withLock { $0?.server }
    for action in actions {
      switch action {
      case .take(let request): server?.take(request, isAttended: isAttended)
      case .claim(let request): server?.claim(request)
      case .cancel(let request): server?.cancel(request)
      case .release(let request): server?.release(request, isAttended: isAttended)
      case .poke(let request): server?.poke(request)
      case .verify(let requests): server?.verify(requests)
      case .confirm(let request, let fence, let sent):
        server?.confirm(request, fence, sent: sent)
      case .sayAlive: server?.sayAlive()
      case .tell(let listener, let event): listener(event)
      case .answer(let answer, let result): answer(result)
      }
    }
  }
}
