internal import CInterlockLab

/// A task, a job or an actor of the runtime, by its address.
struct RuntimeObject: Sendable {
  let address: UInt

  private func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value? {
    unsafe UnsafeRawPointer(bitPattern: address)?.load(fromByteOffset: offset, as: type)
  }

  var jobKind: UInt8 { load(RuntimeLayout.jobKind, as: UInt8.self) ?? 0 }

  private var status: UInt {
    guard let offset = RuntimeLayout.found.status else { return 0 }
    return load(offset, as: UInt.self) ?? 0
  }

  /// Whether the task has returned; true when that cannot be told, and for one that is nowhere any more.
  var isComplete: Bool {
    address == 0 || RuntimeLayout.found.status == nil || status & RuntimeLayout.isComplete != 0
  }

  /// Whether somebody goes through its records: nothing may be scheduled meanwhile.
  var isBeingCancelled: Bool { status & RuntimeLayout.isRecordListLocked != 0 }

  /// What a task waits for.
  enum Wait: Sendable {
    case task(address: UInt)
    case continuation
    case group
    /// Its turn to run, on an actor that brings no executor of its own; 0 for anywhere else.
    case turn(actor: UInt)
    case nothing
    case unknown
  }

  /// What a suspended task waits for, from its innermost record.
  var wait: Wait {
    guard RuntimeLayout.found.status != nil else { return .unknown }
    guard status & RuntimeLayout.hasDependency != 0 else { return .nothing }
    guard let list = RuntimeLayout.found.recordList, let head = load(list, as: UInt.self)
    else { return .unknown }
    let record = RuntimeObject(address: head & ~7)
    guard
      let flags = record.load(0, as: UInt.self),
      flags & RuntimeLayout.recordKindMask == RuntimeLayout.dependencyRecord,
      let kind = record.load(RuntimeLayout.dependencyKind, as: UInt32.self),
      let target = record.load(RuntimeLayout.dependency, as: UInt.self)
    else { return .unknown }
    return switch kind {
    case RuntimeLayout.dependsOnTask: .task(address: target)
    case RuntimeLayout.dependsOnContinuation: .continuation
    case RuntimeLayout.dependsOnGroup: .group
    case RuntimeLayout.dependsOnExecutor:
      .turn(actor: record.load(RuntimeLayout.dependencyTable, as: UInt.self) == 0 ? target : 0)
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
