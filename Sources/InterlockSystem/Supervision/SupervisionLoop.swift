internal import CInterlock
internal import Glibc
internal import Interlock

/// What a supervisor's thread does: takes what happened to the machine, and does what it says.
final class SupervisionLoop: Sendable {
  /// A program to run.
  struct Order: Sendable {
    let command: SupervisedCommand
    let term: Duration?
    let validUntil: @Sendable () -> Instant?
    let answer: FirstAnswer<Result<SupervisionEnd, SystemError>>
  }

  /// What others have to say to the thread.
  ///
  /// Nothing in it grows: a program ends once, and of stops the last one counts.
  struct Mailbox: Sendable {
    var order: Order?
    var isLost = false
    var isAbandoned = false
    var isClosed = false
    var stopped: Int32?
    var ended: ProgramEnd?
  }

  /// What only the thread itself touches.
  private struct Work: ~Copyable {
    var machine: SupervisionMachine
    var program: SupervisedProgram?
    var terminal: ControllingTerminal?
    var hadTerminal = false
    var order: Order?
    /// What the machine was told of the mailbox already.
    var told = Mailbox()
  }

  private let start: SupervisionMachine
  private let signals: [Int32]
  private let interrupted: @Sendable (Int32) -> Void
  private let mailbox = Guarded(Mailbox())
  private let clock = SystemClock()
  private let wake: FileDescriptor
  private let timer: FileDescriptor
  private let arrivals: SystemPipe

  init(
    _ machine: SupervisionMachine, _ signals: [Int32],
    _ interrupted: @escaping @Sendable (Int32) -> Void
  ) throws(SystemError) {
    start = machine
    self.signals = signals.filter { cinterlock_signal_was_ignored($0) == 0 }
    self.interrupted = interrupted
    wake = try FileDescriptor(cinterlock_wake_create(), orThrow: "create", "an event counter")
    timer = try FileDescriptor(cinterlock_timer_create(), orThrow: "create", "a timer")
    arrivals = try SystemPipe(isBlocking: false)
    for signal in self.signals { _ = cinterlock_signal_forward(signal, arrivals.input.raw) }
    // Ignored, the ends of children are not told.
    if cinterlock_signal_was_ignored(SIGCHLD) != 0 { _ = signal(SIGCHLD, SIG_DFL) }
  }

  /// Changes the mailbox and has the thread look into it.
  func post(_ change: (inout Mailbox) -> Void) {
    mailbox.withLock { change(&$0) }
    cinterlock_wake_signal(wake.raw)
  }

  /// Runs until it is closed and no program runs.
  func run() {
    unblockSignals()
    var work = Work(machine: start)
    while true {
      let mail = mailbox.withLock { $0 }
      take(mail, &work)
      for signal in arrivedSignals() { handle(.received(signal), &work) }
      if mail.isClosed, work.program == nil { break }
      work.program?.putOff(to: work.machine.lastResort)
      setTimer(work.machine)
      wait()
    }
    for signal in signals { _ = cinterlock_signal_restore(signal) }
  }

  private func setTimer(_ machine: SupervisionMachine) {
    let look = machine.lookEvery.map { clock.now.advanced(by: $0) }
    let next = [machine.nextDeadline, look].compactMap { $0 }.min()
    cinterlock_timer_set(timer.raw, next.map { max(1, $0.nanoseconds) } ?? 0)
  }

  private func take(_ mail: Mailbox, _ work: inout Work) {
    if let order = mail.order, work.told.order == nil {
      work.told.order = order
      begin(order, &work)
    }
    // First what time has done: whoever slept must not act on a lease that is over.
    if let order = work.order { handle(.valid(until: order.validUntil()), &work) }
    handle(.advanced, &work)
    if mail.isLost, !work.told.isLost {
      work.told.isLost = true
      handle(.lost, &work)
    }
    if mail.isAbandoned || mail.isClosed { handle(.abandoned, &work) }
    if let stop = mailbox.withLock({ $0.stopped.take() }) { handle(.stopped(by: stop), &work) }
    if let end = mail.ended, work.told.ended == nil {
      work.told.ended = end
      handle(.ended(end), &work)
    }
  }

  private func begin(_ order: Order, _ work: inout Work) {
    work.terminal = ControllingTerminal()
    work.hadTerminal = work.terminal?.isOurs ?? false
    do throws(SystemError) {
      let program = try SupervisedProgram(
        order.command, terminal: work.hadTerminal ? work.terminal?.raw ?? -1 : -1,
        deadline: work.machine.lastResort(term: order.term, validUntil: order.validUntil()))
      let process = program.process
      work.program = consume program
      work.order = order
      try SystemThread.start("interlock-waiter") { [self] in
        SupervisedProgram.watch(process) { event in
          post { mail in
            switch event {
            case .stopped(let signal): mail.stopped = signal
            case .ended(let end): mail.ended = end
            default: break
            }
          }
        }
      }
      handle(.valid(until: order.validUntil()), &work)
      handle(.started(term: order.term), &work)
    } catch {
      // What was started and cannot be waited for is killed with its owner.
      work.program = nil
      work.order = nil
      order.answer.give(.failure(error))
    }
  }

  private func handle(_ event: SupervisionMachine.Event, _ work: inout Work) {
    for command in work.machine.handle(event, at: clock.now) { perform(command, &work) }
  }

  private func perform(_ command: SupervisionMachine.Command, _ work: inout Work) {
    switch command {
    case .interrupt(let signal): interrupted(signal)
    case .signal(let signal): work.program?.signal(signal)
    case .resume:
      if let process = work.program?.process, work.terminal?.isOurs == true {
        work.hadTerminal = true
        work.terminal?.give(to: process)
      }
      work.program?.signal(SIGCONT)
    case .suspend:
      if let process = work.program?.process { work.terminal?.takeBack(from: process) }
      // To this thread, so that it goes no further before all are stopped.
      _ = pthread_kill(pthread_self(), SIGSTOP)
    case .tellLoss: work.program?.tellLoss()
    case .reap: work.program?.reap()
    case .look: if work.program?.isGroupGone() ?? true { handle(.groupGone, &work) }
    case .spread(let signal): if work.hadTerminal { _ = kill(0, signal) }
    case .finish(let end):
      if let process = work.program?.process { work.terminal?.takeBack(from: process) }
      work.program?.reap()
      work.program = nil
      _ = cinterlock_adopt_orphans(0)
      work.order?.answer.give(.success(end))
      work.order = nil
    }
  }

  /// Lets the signals through to this thread, whatever the others hold back.
  private func unblockSignals() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private func arrivedSignals() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(arrivals.output.raw, &bytes, bytes.count)
    return bytes.prefix(max(0, count)).map(Int32.init)
  }

  private func wait() {
    var entries = [wake.raw, timer.raw, arrivals.output.raw].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    // A signal that interrupts it has left a byte.
    _ = unsafe poll(&entries, nfds_t(entries.count), -1)
    var count: UInt64 = 0
    _ = unsafe read(wake.raw, &count, MemoryLayout<UInt64>.size)
    _ = unsafe read(timer.raw, &count, MemoryLayout<UInt64>.size)
  }
}
