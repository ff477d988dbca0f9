internal import CInterlockLab

/// What the lab reads from the runtime's own objects. Private layout: the self-check proves each line.
enum RuntimeLayout {
  /// The byte of a job that says what it is.
  static let jobKind = 32
  static let taskJob: UInt8 = 0
  static let nullaryContinuationJob: UInt8 = 195

  /// The word of a task with its flags.
  static let taskStatus = 96
  static let isComplete: UInt = 0x2000
  static let hasDependency: UInt = 0x4000
  static let isRecordListLocked: UInt = 0x200

  /// The head of a task's list of records, and where a record of a wait keeps what.
  static let recordList = 104
  static let recordKindMask: UInt = 0xff
  static let dependencyRecord: UInt = 0
  static let dependency = 16
  static let dependencyKind = 32
}

/// A task, a job or an actor of the runtime, by its address.
struct RuntimeObject: Sendable {
  let address: UInt

  private func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value? {
    unsafe UnsafeRawPointer(bitPattern: address)?.load(fromByteOffset: offset, as: type)
  }

  var jobKind: UInt8 { load(RuntimeLayout.jobKind, as: UInt8.self) ?? 0 }

  private var status: UInt { load(RuntimeLayout.taskStatus, as: UInt.self) ?? 0 }

  var isComplete: Bool { status & RuntimeLayout.isComplete != 0 }

  /// Whether somebody goes through its records: nothing may be scheduled meanwhile.
  var isBeingCancelled: Bool { status & RuntimeLayout.isRecordListLocked != 0 }

  /// What a task waits for.
  enum Wait: Sendable {
    case task(address: UInt)
    case continuation
    case group
    case unknown
  }

  /// What a suspended task waits for, from its innermost record.
  var wait: Wait {
    guard status & RuntimeLayout.hasDependency != 0,
      let head = load(RuntimeLayout.recordList, as: UInt.self)
    else { return .unknown }
    let record = RuntimeObject(address: head & ~7)
    guard
      let flags = record.load(0, as: UInt.self),
      flags & RuntimeLayout.recordKindMask == RuntimeLayout.dependencyRecord,
      let kind = record.load(RuntimeLayout.dependencyKind, as: UInt32.self),
      let target = record.load(RuntimeLayout.dependency, as: UInt.self)
    else { return .unknown }
    return switch kind {
    case 1: .task(address: target)
    case 2: .continuation
    case 3: .group
    default: .unknown
    }
  }

  /// The type of the object, as it is written.
  var typeName: String {
    guard let pointer = unsafe UnsafeRawPointer(bitPattern: address) else { return "?" }
    let object = unsafe Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
    return "\(type(of: object))"
  }

  func retain() {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    _ = unsafe interlock_lab_retain(pointer)
  }

  func release() {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe interlock_lab_release(pointer)
  }

  /// It may die, but nothing else gets its address.
  func keepAddress() {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe interlock_lab_keep_address(pointer)
  }

  func freeAddress() {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe interlock_lab_free_address(pointer)
  }

  func cancel() {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe interlock_lab_cancel(pointer)
  }
}
