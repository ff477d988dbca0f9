internal import CInterlock
internal import Glibc
package import Interlock

/// Runs one program, on a thread of its own that nothing holds up.
///
/// The program has its own process group, our standard streams, and the terminal if we had it. Signals that come to this
/// process are passed on to it; those that come before it is started are told. Every signal is at its default in it,
/// but for those that were ignored when this process began, as after `nohup`. When this process dies, whatever of, it is
/// killed with its group.
///
/// What it leaves running in the background when it ends under a lease that is still held goes on without it.
///
/// One program for each supervisor, and one supervisor at a time in a process: signals are the whole process's.
package final class CommandSupervisor: Sendable {
  /// The signals that are passed on.
  package static let signals = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGTSTP,
  ]

  private let loop: SupervisionLoop

  /// Begins to receive signals.
  ///
  /// - Parameters:
  ///   - policy: What a lost lease does.
  ///   - killAfter: From SIGTERM to SIGKILL.
  ///   - signals: Which are received; those that this process ignores are not.
  ///   - interrupted: Told a signal that comes before the program is started and would have ended this process; on the
  ///     supervisor's thread, which it must not hold.
  /// - Throws: `SystemError` when the process is out of descriptors or threads.
  package init(
    _ policy: SupervisionMachine.Policy, killAfter: Duration,
    signals: [Int32] = CommandSupervisor.signals,
    interrupted: @escaping @Sendable (Int32) -> Void = { _ in }
  ) throws(SystemError) {
    let loop = try SupervisionLoop(
      SupervisionMachine(policy: policy, killAfter: killAfter), signals, interrupted)
    self.loop = loop
    try SystemThread.start("interlock-supervisor") { loop.run() }
  }

  deinit { close() }

  /// Runs the program to its end.
  ///
  /// *Cancellation:* ends it: SIGTERM, and SIGKILL after a while. Its end is waited for.
  ///
  /// - Parameters:
  ///   - command: Which.
  ///   - term: How long its lease lasts from one renewal to the next; nil when it does not end by time.
  ///   - validUntil: Until when its lease is valid, asked for again and again on the supervisor's thread; nil when it
  ///     does not end by time, or nobody can tell now.
  /// - Throws: `SystemError` when it cannot be started, with the kernel's reason.
  /// - Returns: what became of it.
  package func run(
    _ command: SupervisedCommand, term: Duration? = nil,
    validUntil: @escaping @Sendable () -> Instant? = { nil }
  ) async throws(SystemError) -> SupervisionEnd {
    let answer = FirstAnswer<Result<SupervisionEnd, SystemError>>()
    let result = await withTaskCancellationHandler {
      loop.post {
        precondition($0.order == nil, "a supervisor runs one program")
        $0.order = SupervisionLoop.Order(
          command: command, term: term, validUntil: validUntil, answer: answer)
      }
      return await answer.value
    } onCancel: {
      loop.post { $0.isAbandoned = true }
    }
    return try result.get()
  }

  /// The program's lease is lost.
  package func leaseWasLost() { loop.post { $0.isLost = true } }

  /// Gives the signals back their former effect, soon.
  package func close() { loop.post { $0.isClosed = true } }
}
