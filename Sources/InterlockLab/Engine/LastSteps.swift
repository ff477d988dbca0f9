/// The last steps of a run that takes too many: whether they go round in a circle.
struct LastSteps: Sendable {
  /// How many are looked at.
  static let count = 128
  /// A longer circle is not told from progress.
  private static let longestCycle = 32

  private var tasks: [Int32] = []
  private var fingerprint: Int?
  private var isConstant = true

  mutating func removeAll() {
    tasks.removeAll(keepingCapacity: true)
    fingerprint = nil
    isConstant = true
  }

  mutating func append(task: Int32, fingerprint new: Int) {
    tasks.append(task)
    if let fingerprint, fingerprint != new { isConstant = false }
    fingerprint = new
  }

  /// The tasks of one turn, when the steps do nothing but repeat it and change nothing; nil otherwise.
  var cycle: [Int32]? {
    guard isConstant, tasks.count >= Self.count else { return nil }
    return (1...Self.longestCycle).first { period in
      zip(tasks, tasks.dropFirst(period)).allSatisfy { $0 == $1 }
    }.map { Array(tasks.suffix($0)) }
  }
}
