import BenchHarness

/// The command `interlock-bench`.
@main
struct InterlockBench {
  static func main() async throws { try await BenchCommand("interlock-bench", registry).run() }
}
