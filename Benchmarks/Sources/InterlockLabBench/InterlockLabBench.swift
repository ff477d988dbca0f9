import BenchHarness
import Interlock
import InterlockLab

/// The command `interlock-lab-bench`: a program of its own, because the lab stands in front of the runtime of
/// whatever program it is in.
///
/// `--races N` instead of the harness's options looks for each race N times in the lab, and N times by plain
/// repetition, and prints what was found: for `Benchmarks/peers/synctest_bench.py`.
@main
struct InterlockLabBench {
  static func main() async throws {
    let arguments = CommandLine.arguments
    if arguments.count == 3, arguments[1] == "--races", let count = Int(arguments[2]), count > 0 {
      await Race.run(count)
    } else {
      if !arguments.contains("--json") { tellSelfCheck() }
      try await BenchCommand("interlock-lab-bench", registry).run()
    }
  }
}

/// The first exploration of a process waits for this, and no other.
private func tellSelfCheck() {
  let start = SystemClock().now
  guard SelfCheck.result.isInControl else { fatalError("\(SelfCheck.result.probes)") }
  print("self-check: \(start.nanoseconds(to: SystemClock().now) / 1000) µs, once a process\n")
}

/// Every benchmark there is, in the order in which they run.
let registry: [Benchmark] = [
  labSchedules,
  labSteps,
  labExhaustive,
  labTime,
  labMemory,
  labLinearizability,
  plainRuntime("lab-runtime"),
]
