/// The tasks of one run, numbered in the order in which they were first seen; 0 is the body.
///
/// A job of the runtime that belongs to no task, such as an isolated `deinit`, is one with a single step and no object.
///
/// Every task is retained until the run is over: its address is then its name, and what it waits for can
/// be read from it. Only that of an `async let` cannot be kept, as it lies in a frame of its parent: its
/// address is forgotten when it has ended.
struct TaskTable: Sendable {
  /// So many steps in a row that only yield make a task one that spins.
  private static let spins: UInt8 = 8

  struct Record: Sendable {
    /// The address of the task; 0 when there is nothing any more.
    fileprivate(set) var object: UInt
    /// The task that was running when it was first seen; -1 for the body.
    let parent: Int32
    let createdAt: UInt32
    var lineage = Lineage.body
    /// Tasks it made so far.
    var children: UInt32 = 0
    /// Steps it took, and the number of the last one.
    var steps: UInt32 = 0
    var lastStep: UInt32 = 0
    /// Whether it is that of an `async let`.
    var isInFrame = false
    var name: String?
    /// Whether its process crashed.
    var isFrozen = false
    /// Whether it is the first of a simulated process.
    var isRootOfProcess = false
    /// In which order the tasks it made have ended: who takes the results of a group takes them so.
    var endings = TraceHash()
    /// Its last steps that did nothing but yield.
    var yields: UInt8 = 0
  }

  private(set) var records: [Record] = []
  /// Tasks whose last steps did nothing but yield, twice or more.
  private(set) var spinning = 0

  var count: Int { records.count }

  subscript(_ number: Int32) -> Record {
    get { records[Int(number)] }
    set { records[Int(number)] = newValue }
  }

  /// Notes a step in place: a record is too large to be copied twice a step.
  mutating func takesStep(_ task: Int32, number: UInt32, isYield: Bool) {
    let index = Int(task)
    let yields = records[index].yields
    let now: UInt8 = isYield ? min(yields + 1, Self.spins) : 0
    records[index].yields = now
    spinning += (now == Self.spins ? 1 : 0) - (yields == Self.spins ? 1 : 0)
    records[index].steps += 1
    records[index].lastStep = number
  }

  /// All but one may go on again.
  mutating func forgiveSpinning(except task: Int32) {
    for index in records.indices where index != Int(task) && records[index].yields == Self.spins {
      records[index].yields = 0
      spinning -= 1
    }
  }

  /// Whether a task has done nothing but yield for a while.
  func isSpinning(_ task: Int32) -> Bool { records[Int(task)].yields == Self.spins }

  /// Whether the process of a task crashed; in place, as every job that arrives is asked.
  func isFrozen(_ task: Int32) -> Bool { records[Int(task)].isFrozen }

  /// The number of a task that was seen before; the one seen last is looked at first.
  func number(of object: UInt) -> Int32? {
    var index = records.count - 1
    while index >= 0 {
      if records[index].object == object { return Int32(truncatingIfNeeded: index) }
      index -= 1
    }
    return nil
  }

  mutating func insert(_ record: Record) -> Int32 {
    var record = record
    let parent = Int(record.parent)
    if records.indices.contains(parent) {
      records[parent].children += 1
      record.lineage = records[parent].lineage.child(records[parent].children)
    }
    records.append(record)
    return Int32(truncatingIfNeeded: records.count - 1)
  }

  /// Where a task lies; nil for what is none, or is there no more.
  func address(of task: Int32) -> UInt? {
    let address = records[Int(task)].object
    return address == 0 ? nil : address
  }

  /// A task has returned.
  ///
  /// That of an `async let` lies in memory that its parent may use again when it runs next.
  mutating func ends(_ task: Int32) {
    let index = Int(task)
    let parent = Int(records[index].parent)
    if records.indices.contains(parent) {
      records[parent].endings.mix(records[index].lineage.value)
    }
    if records[index].isInFrame { records[index].object = 0 }
  }

  mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    spinning = 0
  }

  /// What a reader calls the task.
  func label(_ number: Int32) -> String {
    guard number >= 0, number < Int32(records.count) else { return "the runtime" }
    return self[number].name ?? "T\(number)"
  }

  /// The same, with the parent of a task that has no name.
  func descriptiveLabel(_ number: Int32) -> String {
    let label = label(number)
    guard number >= 0, number < Int32(records.count),
      self[number].name == nil, self[number].parent >= 0
    else { return label }
    return "\(label) (child of \(self.label(self[number].parent)))"
  }

  /// Whether a task is of the process that began with `root`: made by it, through any number of others, and of no
  /// process that one of those started.
  func isOfProcess(_ number: Int32, root: Int32) -> Bool {
    var current = number
    while current >= 0, current < Int32(records.count) {
      if current == root { return true }
      if self[current].isRootOfProcess { return false }
      current = self[current].parent
    }
    return false
  }
}
