/// One question about speed: a workload, and the ways to do it that are compared.
package struct Benchmark: Sendable {
  /// One way to do the workload.
  package struct Case: Sendable {
    var name: String
    /// The most allocations an operation may make; nil where the number depends on the schedule.
    var mostAllocations: Double?
    /// Does the workload that many times.
    var run: @Sendable (_ operations: Int) async throws -> Void

    package init(
      name: String, mostAllocations: Double? = nil,
      run: @escaping @Sendable (_ operations: Int) async throws -> Void
    ) {
      self.name = name
      self.mostAllocations = mostAllocations
      self.run = run
    }
  }

  /// What `--only` selects by.
  var name: String
  /// The workload and what one operation of it is, in one line.
  var workload: String
  /// How many operations make one run; `--quick` does a tenth.
  var operations: Int
  /// What operations are, where it is usual to say how many of them a second has.
  var rate: String?
  /// The cases, the one that is ours first; ratios are to the first.
  var cases: [Case]

  package init(
    name: String, workload: String, operations: Int, rate: String? = nil, cases: [Case]
  ) {
    self.name = name
    self.workload = workload
    self.operations = operations
    self.rate = rate
    self.cases = cases
  }
}

/// Keeps the optimiser from removing what produced a value.
@inline(never)
package func blackHole<Value>(_ value: Value) {}
