/// What the body of an exploration has in its hand: checks, faults, notes, and what the lab knows of time.
///
/// It is of use only inside the run it was made for, and from its tasks. Elsewhere it does nothing: whoever left the
/// lab, and is late, changes nothing in the next run.
public struct Lab: Sendable {
  let engine: Engine

  /// The engine, where it is in control.
  private var here: Engine? { engine.isCurrent ? engine : nil }

  /// The lab whose body this task runs for; nil outside every exploration.
  @TaskLocal public static var current: Lab?

  // MARK: What must be true

  /// Fails the run when `condition` does not hold.
  ///
  /// - Parameters:
  ///   - condition: What must be true now.
  ///   - message: What to tell when it is not.
  ///   - file: Where it is asked: while a failure is made small it stays one of this place, whatever its message.
  ///   - line: Where in it.
  public func check(
    _ condition: Bool, _ message: @autoclosure () -> String, file: String = #fileID,
    line: Int = #line
  ) {
    guard !condition else { return }
    here?.fail(.failed(message()), at: "\(file):\(line)")
  }

  /// Fails the run whose step runs on this thread: for a library that has its own way to say that something is
  /// wrong, and need not know in which task.
  ///
  /// - Parameters:
  ///   - message: What to tell.
  ///   - file: Where it went wrong: while a failure is made small it stays one of this place, whatever its message.
  ///   - line: Where in it.
  /// - Returns: whether this thread runs a lab. If not, nothing was done.
  @discardableResult
  public static func fail(
    _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line
  ) -> Bool {
    guard let engine = Engine.current else { return false }
    engine.fail(.failed(message()), at: "\(file):\(line)")
    return true
  }

  /// Looks after every step whether something still holds, and fails the run when it does not.
  ///
  /// - Parameters:
  ///   - name: What it is called in the report.
  ///   - holds: Looks, without awaiting anything; it runs between two steps, so it sees no half-done one.
  public func invariant(_ name: String, _ holds: @escaping @Sendable () -> Bool) {
    here?.promises.always(name, holds)
  }

  /// Fails the run unless something comes true in time.
  ///
  /// - Parameters:
  ///   - name: What it is called in the report.
  ///   - limit: Virtual time from now.
  ///   - holds: Looks, between two steps, without awaiting anything.
  public func eventually(
    _ name: String, within limit: Duration, _ holds: @escaping @Sendable () -> Bool
  ) {
    guard let engine = here else { return }
    let (deadline, isBeyond) = engine.now.addingReportingOverflow(limit.wholeNanoseconds)
    engine.promises.eventually(name, by: isBeyond ? .max : deadline, holds)
  }

  // MARK: What may happen

  /// One more place where others may run, and a line in the trace.
  public func point(_ label: String) async {
    note(label)
    await Task.yield()
  }

  /// Where code that awaits nothing may be interrupted, if the plan allows it: call it where no lock is held.
  ///
  /// Outside every lab it does nothing.
  public static func syncPoint() { Engine.current?.syncPoint() }

  /// One of `count` outcomes of something that may go either way; each is tried like an order of steps.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - label: What it is called in the trace; nothing for no line.
  /// - Returns: a number below `count`; 0 is what happens when nothing unusual does.
  public func choose(_ count: Int, _ label: String = "") -> Int {
    let choice = engine.choose(count)
    if !label.isEmpty { note("\(label): \(choice) of \(count)") }
    return choice
  }

  /// A number of the body, such as how many clients there are: the largest, and while a failure is made small the
  /// smallest with which it still fails.
  ///
  /// - Parameters:
  ///   - name: What it is called in schedules: letters, digits and dashes.
  ///   - range: What it may be.
  /// - Returns: the number; the same for the same name.
  public func parameter(_ name: String, _ range: ClosedRange<Int>) -> Int {
    here?.parameter(name, range) ?? range.upperBound
  }

  /// Where something may fail, or take long: a plan with faults lets some visits throw, and some sleep.
  ///
  /// A delay ends early when the task is cancelled.
  ///
  /// - Throws: ``InjectedFault``.
  public func fault(_ label: String) async throws(InjectedFault) {
    guard let engine = here else { return }
    let (delay, fails) = engine.visit(label)
    if delay > .zero { try? await Task.sleep(for: delay) }
    if fails { throw InjectedFault(label: label) }
  }

  /// Starts a simulated process: a plan with faults may crash it.
  ///
  /// - Parameters:
  ///   - name: What it is called in traces and schedules: letters, digits, dots and dashes.
  ///   - body: What it does, from the beginning each time it is started.
  /// - Returns: the process.
  @discardableResult
  public func process(
    _ name: String, _ body: @escaping @Sendable (LabProcess) async throws -> Void
  ) -> LabProcess {
    precondition(engine.isCurrent, "process \(name) was started outside its run")
    let index = engine.start(name, body)
    return LabProcess(engine: engine, index: index, incarnation: 1)
  }

  /// Says what the state of the body is: everything besides the places where its tasks stand that decides how it
  /// goes on, or what its checks see.
  ///
  /// An exhaustive plan then goes on only once from each state, and a run that never ends is called a livelock when its
  /// last steps change nothing. What is left out, such as a task's local variables, is taken not to matter:
  /// schedules that differ only in it are not tried.
  ///
  /// - Parameter state: Looks, between two steps, without awaiting anything.
  public func fingerprint<State: Hashable & SendableMetatype>(
    _ state: @escaping @Sendable () -> State
  ) {
    here?.fingerprint = { $0.combine(state()) }
  }

  /// How a step uses something.
  public enum Access: Sendable, Hashable {
    /// It looks: the order of two that look makes no difference.
    case reading
    /// It may change it.
    case writing
  }

  /// This step uses something that other tasks may use as well, and that is no actor: what
  /// ``Plan/Reduction/isolation`` must know of.
  ///
  /// - Parameters:
  ///   - object: What it uses.
  ///   - access: How.
  public func touch(_ object: AnyObject, _ access: Access = .writing) {
    let address = unsafe UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque())
    here?.touch(address, isObject: true, access)
  }

  // MARK: What can be known

  /// Random numbers that a schedule repeats.
  public var random: LabRandom { LabRandom(engine: engine) }

  /// The clock of the lab: virtual, as `ContinuousClock` is inside it.
  public var clock: ContinuousClock { ContinuousClock() }

  /// Virtual time since the start of the run.
  public var elapsed: Duration { .nanoseconds(here?.now ?? 0) }

  /// Writes a line into the trace, if somebody reads it.
  public func note(_ text: @autoclosure () -> String) {
    guard let engine = here, engine.journal != nil else { return }
    // Outside the journal: the text may note something itself.
    let line = text()
    engine.journal?.note(line)
  }
}

/// Random numbers that a schedule repeats: all tasks of a run draw from one sequence.
public struct LabRandom: RandomNumberGenerator, Sendable {
  let engine: Engine

  /// The next number of the run.
  public mutating func next() -> UInt64 {
    guard engine.isCurrent else { return .random(in: .min ... .max) }
    engine.usedRandom = true
    return engine.random.next()
  }
}
