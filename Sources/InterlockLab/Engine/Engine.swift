internal import CInterlockLab

/// One lab: it runs a body again and again, each time by the choices of a strategy.
///
/// It runs on the thread of whoever calls ``run(_:_:_:)``, inside the caller's own step. Unchecked: nothing of
/// it is touched from another thread, whose jobs go to its inbox.
@safe final class Engine: @unchecked Sendable {
  let context: UnsafeMutablePointer<interlock_lab_context>
  /// What other threads bring.
  let inbox = OutsideArrivals()
  let taskExecutor: LabTaskExecutor
  let mainExecutor: LabMainExecutor
  private let proxy = ActorProxy()

  // What a run is given.
  var strategy = Strategy()
  var setup = RunSetup()

  // What every step changes is not checked for overlapping uses at run time, which would cost a quarter of a
  // run: one thread uses it, and no code of the body or of a strategy runs within a use. What runs a body's
  // code within a use, such as `promises` and `journal`, is checked.

  // What there is to run.
  @safe @exclusivity(unchecked) var ready: [ReadyJob] = []
  @safe @exclusivity(unchecked) var timers = TimerQueue()
  @safe @exclusivity(unchecked) var tasks = TaskTable()
  /// Jobs of processes that crashed.
  var parked: [ReadyJob] = []
  var processes: [ProcessRecord] = []
  /// Whether the task that is being made is the first of a process, and belongs to no other.
  var isStartingProcess = false

  // Where the run is.
  var sequence: UInt32 = 0
  var steps = 0
  var decisions = 0
  /// Those of them that were between jobs.
  var picks = 0
  /// The task whose step ran last.
  var last: Int32 = 0
  /// The task whose step runs now; -1 between steps.
  var running: Int32 = -1
  /// The actors of the steps on this stack; 0 for a step on none.
  @safe @exclusivity(unchecked) var occupied: [UInt] = []
  /// Whether sleepers are being woken.
  var isWaking = false
  var isBodyFinished = false
  /// The first thing that went wrong.
  var failure: Outcome?
  /// Where that was told; empty when it was not the body that told it.
  var failurePlace = ""
  /// Jobs that had come from outside when it was last looked.
  var arrivalsSeen: UInt64 = 0
  /// Whether something is out that may come back.
  var hasLeft = false

  // What is told of it.
  /// Where the run differs from the default one.
  @safe @exclusivity(unchecked) var deviations: DeviationLog
  var traceHash = TraceHash()
  /// What happened, when somebody wants to read it.
  var journal: Journal?
  var promises = Promises()
  var sites = FaultSites()
  /// Which of the faults of the setup happened.
  var metFaults: [Bool] = []
  var random = SplitMix(0)
  /// Whether the body asked for random numbers; where a signal handler can read it.
  var usedRandom: Bool {
    get { unsafe context.pointee.has_drawn }
    set { unsafe context.pointee.has_drawn = newValue }
  }
  /// Whether a task that only yields was not offered to the strategy.
  var hasHeldBack = false

  // What a strategy may want to know.
  /// What the step that runs used so far, when the strategy follows it.
  @safe @exclusivity(unchecked) var footprint = Footprint()
  /// What was used in this run, as far as the strategy follows it.
  @safe @exclusivity(unchecked) var objects = UsedObjects()
  /// Jobs a strategy may choose from, when not all that are ready.
  @safe @exclusivity(unchecked) var menu: [ReadyJob] = []
  /// Mixes in all of the body's state that can make a difference, when the body says how.
  var fingerprint: (@Sendable (inout Hasher) -> Void)?
  /// The numbers the body asked for, in order.
  var parameters: [Parameter] = []
  /// The end of a run that does not end.
  var lastSteps = LastSteps()

  /// How long a step may take, in nanoseconds of real time, before the process is ended.
  private static let longestStep: Int64 = 5_000_000_000

  /// Whether tasks were left behind that may still refer to the engine.
  private var isImmortal = false

  init() {
    taskExecutor = LabTaskExecutor(inbox)
    mainExecutor = LabMainExecutor(inbox)
    unsafe context = .allocate(capacity: 1)
    deviations = unsafe DeviationLog(context)
    unsafe context.initialize(to: Self.callbacks(Unmanaged.passUnretained(self).toOpaque()))
    deviations.publish()
    unsafe context.pointee.task_executor = Self.reference(taskExecutor.asUnownedTaskExecutor())
    unsafe context.pointee.main_executor = Self.reference(mainExecutor.asUnownedSerialExecutor())
    unsafe context.pointee.actor_implementation =
      Self.reference(UnownedSerialExecutor(ordinary: proxy)).implementation
  }

  deinit {
    objects.removeAll()
    deviations.deallocate()
    unsafe context.pointee.names?.deallocate()
    unsafe context.deallocate()
  }

  private static func callbacks(_ owner: UnsafeMutableRawPointer) -> interlock_lab_context {
    unsafe interlock_lab_context(
      now: 0, task_executor: .init(), main_executor: .init(), actor_implementation: nil,
      owner: owner,
      created: { owner, task, name in
        unsafe Engine.of(owner).created(
          UInt(bitPattern: task), name: name.map { unsafe String(cString: $0) })
      },
      enqueued: { owner, job in unsafe Engine.of(owner).takes(UInt(bitPattern: job)) },
      escaped: { owner, function in
        let engine = unsafe Engine.of(owner)
        unsafe engine.escaped(String(cString: function), engine.author)
      },
      touched: { owner, address in
        unsafe Engine.of(owner).touch(UInt(bitPattern: address), isObject: false)
      },
      unlocked: { owner in unsafe Engine.of(owner).syncPoint() },
      replay_prefix: nil, replay_suffix: nil, deviations: nil, deviation_count: 0, seed: 0,
      has_drawn: false, is_creating: false, leaving: nil,
      step: interlock_lab_step(), names: .allocate(capacity: Int(INTERLOCK_LAB_NAMES)),
      name_count: 0, without: 0, progress: 0, patience: longestStep, seen_progress: 0, stood: 0,
      next_watched: nil)
  }

  private static func of(_ owner: UnsafeMutableRawPointer) -> Engine {
    unsafe Unmanaged<Engine>.fromOpaque(owner).takeUnretainedValue()
  }

  private static func reference<Executor>(_ executor: Executor) -> interlock_lab_executor {
    unsafe unsafeBitCast(executor, to: interlock_lab_executor.self)
  }

  /// The engine whose step runs on this thread.
  static var current: Engine? {
    guard let context = unsafe interlock_lab_current() else { return nil }
    return unsafe of(context.pointee.owner)
  }

  var isCurrent: Bool { unsafe interlock_lab_current() == context }

  /// Whether a control is left off, to see that the self-check notices.
  func leavesOff(_ control: some BinaryInteger) -> Bool {
    unsafe context.pointee.without & UInt32(control) != 0
  }

  /// Virtual nanoseconds since the start of the run.
  var now: Int64 {
    get { unsafe context.pointee.now }
    set { unsafe context.pointee.now = newValue }
  }

  /// Runs a step of the caller's with this engine in control of the thread.
  func inControl<Result>(_ body: () -> Result) -> Result {
    let previous = unsafe interlock_lab_current()
    interlock_lab_give_stack()
    unsafe interlock_lab_watch_run(context)
    unsafe interlock_lab_set_current(context)
    defer {
      unsafe interlock_lab_set_current(previous)
      unsafe interlock_lab_unwatch_run(context)
    }
    return body()
  }

  /// Forgets the last run, and keeps its storage; also after the last one.
  func reset() {
    arrivalsSeen = OutsideArrivals.total
    inbox.removeAll()
    hasLeft = false
    releaseTasks()
    unsafe context.pointee.name_count = 0
    ready.removeAll(keepingCapacity: true)
    timers.removeAll()
    parked.removeAll(keepingCapacity: true)
    processes.removeAll(keepingCapacity: true)
    (sequence, steps, decisions, picks, last, running) = (0, 0, 0, 0, 0, -1)
    occupied.removeAll(keepingCapacity: true)
    isBodyFinished = false
    failure = nil
    failurePlace = ""
    deviations.removeAll()
    traceHash = TraceHash()
    journal?.removeAll()
    promises.removeAll()
    sites.removeAll()
    metFaults.removeAll(keepingCapacity: true)
    for _ in setup.faults { metFaults.append(false) }
    random = SplitMix(setup.seed)
    unsafe context.pointee.seed = setup.seed
    usedRandom = false
    hasHeldBack = false
    objects.removeAll()
    footprint.removeAll()
    fingerprint = nil
    parameters.removeAll(keepingCapacity: true)
    lastSteps.removeAll()
    now = 0
  }

  private func releaseTasks() {
    // Who has returned cannot be told everywhere.
    let isSettled =
      RuntimeLayout.found.status != nil
      && tasks.records.allSatisfy { RuntimeObject(address: $0.object).isComplete }
    if !isImmortal, !isSettled, !tasks.records.isEmpty {
      // Somebody outside may still wake one of them, on an executor that must be there.
      isImmortal = true
      _ = unsafe Unmanaged.passRetained(self)
    }
    for task in tasks.records where !task.isInFrame {
      RuntimeObject(address: task.object).release()
    }
    tasks.removeAll()
  }

  /// - Parameters:
  ///   - outcome: What went wrong; only the first thing counts.
  ///   - place: Where it was told.
  func fail(_ outcome: Outcome, at place: String = "") {
    guard failure == nil else { return }
    failure = outcome
    failurePlace = place
    journal?.failed(outcome)
  }

  /// The step that runs uses something that others may use as well.
  ///
  /// - Parameters:
  ///   - address: What it uses.
  ///   - isObject: Whether it is the address of an object, not of memory.
  ///   - access: How.
  func touch(_ address: UInt, isObject: Bool, _ access: Lab.Access = .writing) {
    guard strategy.followsFootprints else { return }
    footprint.insert(objects.number(of: address, isObject: isObject), access)
  }
}
