import BenchHarness
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
      try await BenchCommand("interlock-lab-bench", registry).run()
    }
  }
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
