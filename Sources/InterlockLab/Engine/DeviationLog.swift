internal import CInterlockLab

/// The deviations of the current run, in memory that a signal handler can read.
@safe struct DeviationLog {
  private let context: UnsafeMutablePointer<interlock_lab_context>
  private var storage: UnsafeMutablePointer<interlock_lab_deviation>
  private var capacity = 256
  private(set) var count = 0

  init(_ context: UnsafeMutablePointer<interlock_lab_context>) {
    unsafe self.context = unsafe context
    unsafe storage = .allocate(capacity: capacity)
  }

  /// Tells the context where they are; it must have been initialized.
  func publish() { unsafe context.pointee.deviations = UnsafePointer(storage) }

  mutating func append(_ deviation: Deviation) {
    if count == capacity { grow() }
    unsafe storage[count] = interlock_lab_deviation(
      decision: Int64(deviation.decision), choice: deviation.choice)
    count += 1
    unsafe context.pointee.deviation_count = count
  }

  mutating func removeAll() {
    count = 0
    unsafe context.pointee.deviation_count = 0
  }

  var all: [Deviation] {
    (0..<count).map { index in
      Deviation(decision: unsafe Int(storage[index].decision), choice: unsafe storage[index].choice)
    }
  }

  func deallocate() { unsafe storage.deallocate() }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<interlock_lab_deviation>.allocate(capacity: capacity * 2)
    unsafe larger.update(from: storage, count: count)
    unsafe storage.deallocate()
    unsafe storage = unsafe larger
    capacity *= 2
    publish()
  }
}
