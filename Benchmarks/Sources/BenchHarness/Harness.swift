import CAllocations
import Interlock

/// Runs benchmarks and reports nanoseconds, allocations and bytes allocated per operation.
struct Harness {
  var runs = 9
  var isQuick = false
  var printsJSON = false
  /// Cases that allocated more than they may.
  private(set) var excesses: [String] = []

  /// What was measured of one case.
  private struct Summary {
    var name: String
    var allocations: Double
    var bytes: Double
    var nanoseconds: [Double] = []

    var minimum: Double { nanoseconds.min() ?? 0 }
    var median: Double { nanoseconds.sorted()[nanoseconds.count / 2] }
    var maximum: Double { nanoseconds.max() ?? 0 }
  }

  mutating func measure(_ benchmark: Benchmark) async throws {
    let operations = max(1, isQuick ? benchmark.operations / 10 : benchmark.operations)
    let runs = isQuick ? min(runs, 3) : runs
    var summaries: [Summary] = []
    for one in benchmark.cases {
      let (allocations, bytes) = try await allocations(of: one, warmUp: max(1, operations / 4))
      summaries.append(Summary(name: one.name, allocations: allocations, bytes: bytes))
      if let most = one.mostAllocations, allocations > most {
        excesses.append(
          "\(benchmark.name), \(one.name): \(text(allocations, digits: 2)) allocations an operation,"
            + " at most \(text(most, digits: 2)) are needed")
      }
    }
    // Round by round, so that a slow minute of the machine falls on all cases alike.
    for _ in 0..<runs {
      for (index, one) in benchmark.cases.enumerated() {
        let start = SystemClock().now
        try await one.run(operations)
        let elapsed = start.nanoseconds(to: SystemClock().now)
        summaries[index].nanoseconds.append(Double(elapsed) / Double(operations))
      }
    }
    report(benchmark, summaries, operations: operations, runs: runs)
  }

  /// What one more operation allocates: the difference between runs of two lengths, which what a run
  /// needs once is no part of.
  ///
  /// It is the warm-up too.
  private func allocations(
    of one: Benchmark.Case, warmUp operations: Int
  ) async throws -> (count: Double, bytes: Double) {
    try await one.run(operations)
    allocations_start()
    try await one.run(operations)
    let short = allocations_stop()
    allocations_start()
    try await one.run(2 * operations)
    let long = allocations_stop()
    return (
      Double(long.count - short.count) / Double(operations),
      Double(long.bytes - short.bytes) / Double(operations)
    )
  }

  private func report(
    _ benchmark: Benchmark, _ summaries: [Summary], operations: Int, runs: Int
  ) {
    let reference = summaries[0].median
    if printsJSON {
      for summary in summaries {
        print(
          """
          {"benchmark":"\(benchmark.name)","case":"\(summary.name)","unit":"ns/op",\
          "min":\(text(summary.minimum)),"median":\(text(summary.median)),\
          "max":\(text(summary.maximum)),"ratio":\(text(summary.median / reference, digits: 2)),\
          "allocations":\(text(summary.allocations, digits: 2)),"bytes":\(text(summary.bytes)),\
          "operations":\(operations),"runs":\(runs)}
          """)
      }
      return
    }
    print("\(benchmark.name): \(benchmark.workload) (\(runs) runs of \(operations))")
    let width = summaries.map(\.name.count).max() ?? 0
    print(
      "  \(pad("", width))\(right("min", 12))\(right("median", 12))\(right("max", 12))  ns/op"
        + "\(right("allocations", 15))\(right("bytes", 10))")
    for summary in summaries {
      print(
        "  \(pad(summary.name, width))\(right(text(summary.minimum), 12))"
          + "\(right(text(summary.median), 12))\(right(text(summary.maximum), 12))"
          + "\(right(text(summary.median / reference, digits: 2), 6)) ×"
          + "\(right(text(summary.allocations, digits: 2), 14))"
          + "\(right(text(summary.bytes), 10))\(rate(summary, of: benchmark))")
    }
    print("")
  }

  private func rate(_ summary: Summary, of benchmark: Benchmark) -> String {
    guard let unit = benchmark.rate else { return "" }
    return "\(right("\(Int(1e9 / summary.median))", 12)) \(unit)/s"
  }

  /// A number with that many decimals, without Foundation.
  private func text(_ value: Double, digits: Int = 1) -> String {
    let scale = digits == 1 ? 10.0 : 100.0
    let scaled = max(0, Int((value * scale).rounded()))
    let fraction = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(scaled / Int(scale)).\(zeros)\(fraction)"
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
