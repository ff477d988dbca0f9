internal import CInterlockLab
internal import Synchronization

/// Where the runtime keeps what the lab reads of its tasks.
///
/// The layout is private: the two offsets that move from one version to the next are found, not
/// assumed, and the self-check proves the rest.
struct RuntimeLayout: Sendable {
  /// The byte of a job that says what it is.
  static let jobKind = 32
  static let taskJob: UInt8 = 0
  /// Where a suspended task keeps the function it goes on in, and the context of that.
  static let resumeFunction: UInt = 56
  static let resumeContext: UInt = 64
  static let nullaryContinuationJob: UInt8 = 195
  static let isolatedDeinitJob: UInt8 = 196

  /// Flags in the status word of a task.
  static let isComplete: UInt = 0x2000
  static let hasDependency: UInt = 0x4000
  static let isRecordListLocked: UInt = 0x200

  /// A record of what a task waits for.
  static let recordKindMask: UInt = 0xff
  static let dependencyRecord: UInt = 0
  static let dependency = 16
  /// How an executor that is waited for is used; 0 for the runtime's own way.
  static let dependencyTable = 24
  static let dependencyKind = 32
  static let dependsOnTask: UInt32 = 1
  static let dependsOnContinuation: UInt32 = 2
  static let dependsOnGroup: UInt32 = 3
  static let dependsOnExecutor: UInt32 = 4

  /// The status word of a task; nil when it was not found.
  let status: Int?
  /// The head of its list of records; nil when it was not found.
  let recordList: Int?

  /// The layout of this process.
  static let found = RuntimeLayout()

  /// Looks at a task that has returned, one that waits for a continuation and one that waits for the second.
  private init() {
    let queue = LayoutQueue()
    let (finished, suspended, waiting) = (LayoutTask(), LayoutTask(), LayoutTask())
    let continuation = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let box = LayoutBox(continuation)
    // Owner: the queue, which runs all three to their ends here.
    Task(executorPreference: queue) { finished.isHere() }
    let second = Task(executorPreference: queue) {
      suspended.isHere()
      await withCheckedContinuation { box.set($0) }
    }
    Task(executorPreference: queue) {
      waiting.isHere()
      await second.value
    }
    queue.drain()
    status = Self.offsets.first { offset in
      guard let done = finished.word(offset), let held = suspended.word(offset),
        let waits = waiting.word(offset)
      else { return false }
      // Flags and a priority, no address.
      guard max(done, held, waits) < 1 << 32 else { return false }
      return done & Self.isComplete != 0 && done & Self.hasDependency == 0
        && held & Self.isComplete == 0 && held & Self.hasDependency != 0
        && waits & Self.isComplete == 0 && waits & Self.hasDependency != 0
    }
    recordList = Self.offsets.first { offset in
      guard let head = waiting.word(offset),
        let flags = SafeMemory.word(at: (head & ~7)),
        let target = SafeMemory.word(at: (head & ~7) &+ UInt(Self.dependency)),
        let kind = SafeMemory.word(at: (head & ~7) &+ UInt(Self.dependencyKind))
      else { return false }
      return flags & Self.recordKindMask == Self.dependencyRecord && target == suspended.address
        && UInt32(truncatingIfNeeded: kind) == Self.dependsOnTask
    }
    box.take()?.resume()
    queue.drain()
    for task in [finished, suspended, waiting] { RuntimeObject(address: task.address).release() }
  }

  /// Where to look: behind what every job has, in the part that is the runtime's own.
  private static let offsets = stride(from: 40, through: 192, by: 8)
}

/// Runs what it is handed when it is told to.
private final class LayoutQueue: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  func drain() {
    while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

/// A task whose address is known.
private final class LayoutTask: Sendable {
  private let state = Mutex<UInt>(0)

  var address: UInt { state.withLock { $0 } }

  /// Called inside the task.
  func isHere() {
    guard let task = unsafe interlock_lab_current_task() else { return }
    _ = unsafe interlock_lab_retain(task)
    let address = UInt(bitPattern: task)
    state.withLock { $0 = address }
  }

  func word(_ offset: Int) -> UInt? {
    address == 0 ? nil : SafeMemory.word(at: address + UInt(offset))
  }
}

private final class LayoutBox: Sendable {
  private let state: Mutex<CheckedContinuation<Void, Never>?>
  init(_ state: consuming Mutex<CheckedContinuation<Void, Never>?>) { self.state = state }
  func set(_ continuation: CheckedContinuation<Void, Never>) {
    state.withLock { $0 = continuation }
  }
  func take() -> CheckedContinuation<Void, Never>? {
    state.withLock { state in
      defer { state = nil }
      return state
    }
  }
}

/// Memory that may not be there.
enum SafeMemory {
  /// The word at an address; nil when nothing can be read there.
  static func word(at address: UInt) -> UInt? {
    var word: UInt = 0
    let isRead = unsafe withUnsafeMutablePointer(to: &word) { word in
      unsafe interlock_lab_read(address, word)
    }
    return isRead ? word : nil
  }
}
