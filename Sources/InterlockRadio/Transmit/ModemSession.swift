internal import Interlock

/// The right to talk to the modem; whoever holds the mutex around it has it alone.
///
/// A driver's call may never return. So each runs in a task of its own, which the session owns: it
/// is cancelled when the next call begins, and its answer is told with a number by which a late one
/// is known. Nobody ever waits for the task itself.
struct ModemSession: Sendable {
  private let modem: any Modem
  private let clock: any MonotonicClock
  private let executor: (any TaskExecutor)?
  private var call: Task<Void, Never>?

  init(modem: any Modem, clock: any MonotonicClock, executor: (any TaskExecutor)?) {
    self.modem = modem
    self.clock = clock
    self.executor = executor
  }

  /// What the modem does with a frame under these settings.
  func timing(with settings: ModemSettings) -> ModemTiming { modem.timing(with: settings) }

  /// Starts a call; what it was about to tell from the one before is no longer of interest.
  mutating func begin(_ operation: @escaping @Sendable (any Modem) async -> Void) {
    call?.cancel()
    let modem = modem
    // Owner: this session, which cancels it when the next call begins or its owner ends.
    call = Task(executorPreference: executor) { await operation(modem) }
  }

  /// Cancels the call under way, if there is one.
  mutating func end() {
    call?.cancel()
    call = nil
  }

  /// Makes a call and waits for its answer, but not for longer than `limit`.
  ///
  /// *Cancellation:* none; it is short, and the modem must not be left in the middle of it.
  ///
  /// - Throws: what the modem throws; `timedOut` when it does not answer.
  mutating func request(
    limit: Duration,
    _ operation: @escaping @Sendable (any Modem) async throws(ModemError) -> Void
  ) async throws(ModemError) {
    let answer = FirstAnswer<Result<Void, ModemError>>()
    let deadline = clock.now.advanced(by: limit)
    begin { modem in
      do throws(ModemError) {
        try await operation(modem)
        answer.give(.success(()))
      } catch {
        answer.give(.failure(error))
      }
    }
    let clock = clock
    // Owner: this call, which cancels it below. It is no child task, so that a cancellation of the
    // caller does not end the wait.
    let timer = Task(executorPreference: executor) {
      // Cancelled, there is an answer already.
      guard (try? await clock.sleep(until: deadline)) != nil else { return }
      answer.give(.failure(ModemError(.timedOut, "no answer within \(limit)")))
    }
    let result = await answer.value
    timer.cancel()
    try result.get()
  }
}
