import Interlock

/// Runs benchmarks and reports nanoseconds per operation.
struct Harness {
  var runs = 9
  var isQuick = false
  var printsJSON = false

  /// What was measured of one case.
  struct Summary {
    var name: String
    var minimum: Double
    var median: Double
    var maximum: Double
  }

  func measure(_ benchmark: Benchmark) async throws {
    let operations = max(1, isQuick ? benchmark.operations / 10 : benchmark.operations)
    let runs = isQuick ? min(runs, 3) : runs
    for one in benchmark.cases { try await one.run(max(1, operations / 4)) }
    var samples = benchmark.cases.map { _ in [Double]() }
    // Round by round, so that a slow minute of the machine falls on all cases alike.
    for _ in 0..<runs {
      for (index, one) in benchmark.cases.enumerated() {
        let start = SystemClock().now
        try await one.run(operations)
        let elapsed = start.nanoseconds(to: SystemClock().now)
        samples[index].append(Double(elapsed) / Double(operations))
      }
    }
    let summaries = zip(benchmark.cases, samples).map { one, samples in
      let sorted = samples.sorted()
      return Summary(
        name: one.name, minimum: sorted[0], median: sorted[sorted.count / 2],
        maximum: sorted[sorted.count - 1])
    }
    report(benchmark, summaries, operations: operations, runs: runs)
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
          "operations":\(operations),"runs":\(runs)}
          """)
      }
      return
    }
    print("\(benchmark.name): \(benchmark.workload) (\(runs) runs of \(operations))")
    let width = summaries.map(\.name.count).max() ?? 0
    print("  \(pad("", width))\(right("min", 12))\(right("median", 12))\(right("max", 12))  ns/op")
    for summary in summaries {
      print(
        "  \(pad(summary.name, width))\(right(text(summary.minimum), 12))"
          + "\(right(text(summary.median), 12))\(right(text(summary.maximum), 12))"
          + "  \(text(summary.median / reference, digits: 2)) ×")
    }
    print("")
  }

  /// A number with that many decimals, without Foundation.
  private func text(_ value: Double, digits: Int = 1) -> String {
    let scale = digits == 1 ? 10.0 : 100.0
    let scaled = Int((value * scale).rounded())
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
