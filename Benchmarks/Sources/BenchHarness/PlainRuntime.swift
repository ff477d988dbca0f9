/// What the runtime itself costs, in a program with the lab's functions in front of it and in one without.
///
/// - Parameter name: What `--only` selects by.
/// - Returns: the benchmark.
package func plainRuntime(_ name: String) -> Benchmark {
  Benchmark(
    name: name,
    workload: "an actor is visited, a task is made and awaited, on the ordinary runtime; each",
    operations: 200_000,
    cases: [
      .init(name: "hop to an actor and back") { count in
        let visited = Visited()
        for _ in 0..<count { await visited.visit() }
      },
      .init(name: "Task {}") { count in
        for _ in 0..<count { await Task {}.value }
      },
    ])
}

private actor Visited {
  private var visits = 0

  func visit() { visits += 1 }
}
