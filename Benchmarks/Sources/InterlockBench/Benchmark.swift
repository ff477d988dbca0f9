/// One question about speed: a workload, and the ways to do it that are compared.
struct Benchmark: Sendable {
  /// One way to do the workload.
  struct Case: Sendable {
    var name: String
    /// The most allocations an operation may make; nil where the number depends on the schedule.
    var mostAllocations: Double?
    /// Does the workload that many times.
    var run: @Sendable (_ operations: Int) async throws -> Void
  }

  /// What `--only` selects by.
  var name: String
  /// The workload and what one operation of it is, in one line.
  var workload: String
  /// How many operations make one run; `--quick` does a tenth.
  var operations: Int
  /// The cases, the one that is ours first; ratios are to the first.
  var cases: [Case]
}

/// Keeps the optimiser from removing what produced a value.
@inline(never)
func blackHole<Value>(_ value: Value) {}
