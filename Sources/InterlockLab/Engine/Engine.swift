internal import CInterlockLab
internal import Synchronization

/// One lab: it runs a body again and again, each time by the choices of a strategy.
///
/// It runs on the thread of whoever calls ``run(_:limits:_:)``, inside the caller's own step, and nothing of
/// it is touched from elsewhere but the inbox for jobs that arrive from outside.
@safe final class Engine: @unchecked Sendable {
  let context: UnsafeMutablePointer<interlock_lab_context>
  private(set) var taskExecutor: LabTaskExecutor!
  private(set) var mainExecutor: LabMainExecutor!
  private let proxy = ActorProxy()

  var ready: [ReadyJob] = []
  var timers = TimerQueue()
  var tasks = TaskTable()
  var strategy = Strategy()
  var limits = RunLimits()

  var sequence: UInt32 = 0
  var steps = 0
  var decisions = 0
  /// The task whose step ran last.
  var last: Int32 = 0
  /// The task whose step runs now; -1 between steps.
  var running: Int32 = -1
  /// Jobs that had come from outside when the run began.
  private(set) var outsideBefore = 0
  /// Whether tasks were left behind that may still refer to the engine.
  private var isImmortal = false
  /// Whether sleepers are being woken.
  var isWaking = false
  var isBodyFinished = false
  /// What the step that runs used so far, when the strategy follows it.
  var footprint = Footprint()
  /// What was used in this run, as far as the strategy follows it.
  var objects = UsedObjects()
  /// The first thing that went wrong.
  var failure: Outcome?
  /// Where the run differs from the default one.
  var deviations: [Deviation] = []
  var traceHash = TraceHash()
  /// What happened, when somebody wants to read it.
  var journal: Journal?
  var invariants: [Invariant] = []
  /// Jobs a strategy may choose from, when not all that are ready.
  var menu: [ReadyJob] = []

  struct Invariant {
    let name: String
    let holds: @Sendable () -> Bool
  }

  init() {
    unsafe context = .allocate(capacity: 1)
    let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe context.initialize(
      to: interlock_lab_context(
        now: 0, task_executor: .init(), main_executor: .init(), actor_implementation: nil,
        owner: owner,
        created: { owner, task, name in
          unsafe Engine.of(owner).created(
            UInt(bitPattern: task), name: name.map { unsafe String(cString: $0) })
        },
        enqueued: { owner, job in
          unsafe Engine.of(owner).takes(UInt(bitPattern: job))
        },
        escaped: { owner, function in
          unsafe Engine.of(owner).escaped(String(cString: function))
        },
        note: nil))
    taskExecutor = LabTaskExecutor(self)
    mainExecutor = LabMainExecutor(self)
    unsafe context.pointee.task_executor = Self.reference(taskExecutor.asUnownedTaskExecutor())
    unsafe context.pointee.main_executor = Self.reference(mainExecutor.asUnownedSerialExecutor())
    unsafe context.pointee.actor_implementation =
      Self.reference(UnownedSerialExecutor(ordinary: proxy)).implementation
  }

  deinit {
    objects.removeAll()
    unsafe context.deallocate()
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

  /// Virtual nanoseconds since the start of the run.
  var now: Int64 {
    get { unsafe context.pointee.now }
    set { unsafe context.pointee.now = newValue }
  }

  /// Runs a step of the caller's with this engine in control of the thread.
  func inControl<Result>(_ body: () -> Result) -> Result {
    let previous = unsafe interlock_lab_current()
    unsafe interlock_lab_set_current(context)
    defer { unsafe interlock_lab_set_current(previous) }
    return body()
  }

  /// Forgets the last run, and keeps its storage; also after the last one.
  func reset() {
    outsideBefore = Outside.arrivals.total
    ready.removeAll(keepingCapacity: true)
    timers.removeAll()
    releaseTasks()
    sequence = 0
    steps = 0
    decisions = 0
    last = 0
    running = -1
    isBodyFinished = false
    failure = nil
    deviations.removeAll(keepingCapacity: true)
    traceHash = TraceHash()
    journal?.removeAll()
    invariants.removeAll(keepingCapacity: true)
    objects.removeAll()
    footprint.removeAll()
    now = 0
  }

  /// The step that runs uses something that others may use as well.
  ///
  /// - Parameter isObject: Whether it is the address of an object, not of memory.
  func touch(_ address: UInt, isObject: Bool) {
    guard strategy.followsFootprints else { return }
    footprint.insert(objects.number(of: address, isObject: isObject))
  }

  private func releaseTasks() {
    if !isImmortal, tasks.records.contains(where: { !RuntimeObject(address: $0.object).isComplete }) {
      // Somebody outside may still wake one of them, on an executor that must be there.
      isImmortal = true
      _ = unsafe Unmanaged.passRetained(self)
    }
    for task in tasks.records { RuntimeObject(address: task.object).release() }
    tasks.removeAll()
  }

  func fail(_ outcome: Outcome) {
    guard failure == nil else { return }
    failure = outcome
    journal?.failed(outcome)
  }
}

/// What bounds one run.
struct RunLimits: Sendable {
  var steps = 20_000
}

/// Sixty-four bits that differ when two runs went different ways (FNV-1a).
struct TraceHash: Hashable, Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01b3
  }
}
