#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the programs of this package do with their arguments: run the benchmarks of a registry.
package struct BenchCommand: Sendable {
  private let name: String
  private let registry: [Benchmark]
  private var harness = Harness()
  private var only: [String] = []

  /// - Parameters:
  ///   - name: The program's.
  ///   - registry: Every benchmark there is, in the order in which they run.
  package init(_ name: String, _ registry: [Benchmark]) {
    self.name = name
    self.registry = registry
    parse(Array(CommandLine.arguments.dropFirst()))
  }

  private var usage: String {
    """
    usage: \(name) [--list] [--only NAME]... [--quick] [--runs N] [--json]

      --list       names the benchmarks and what they do
      --only NAME  runs those whose name contains NAME; may be repeated
      --quick      a tenth of the work, three runs
      --runs N     how many runs each case gets (9)
      --json       one JSON object a line
    """
  }

  private mutating func parse(_ arguments: [String]) {
    var arguments = arguments[...]
    func value(of option: String) -> String {
      guard let value = arguments.popFirst() else { fail("\(option) needs a value") }
      return value
    }
    while let argument = arguments.popFirst() {
      switch argument {
      case "--list":
        for benchmark in registry { print("\(benchmark.name): \(benchmark.workload)") }
        exit(0)
      case "--only":
        only.append(value(of: argument))
      case "--quick":
        harness.isQuick = true
      case "--json":
        harness.printsJSON = true
      case "--runs":
        guard let runs = Int(value(of: argument)), runs > 0 else {
          fail("--runs takes a number above 0")
        }
        harness.runs = runs
      case "--help":
        print(usage)
        exit(0)
      default:
        fail("\(argument) is not known")
      }
    }
  }

  /// Away from the main actor: a hop to and from its thread would be measured with each await.
  @concurrent
  package func run() async throws {
    let chosen = registry.filter { benchmark in
      only.isEmpty || only.contains { benchmark.name.contains($0) }
    }
    guard !chosen.isEmpty else { fail("no benchmark is called that; see --list") }
    var harness = harness
    for benchmark in chosen { try await harness.measure(benchmark) }
    guard harness.excesses.isEmpty else {
      print("\(name): \(harness.excesses.joined(separator: "\n  "))")
      exit(1)
    }
  }

  private func fail(_ message: String) -> Never {
    print("\(name): \(message)\n\(usage)")
    exit(2)
  }
}
