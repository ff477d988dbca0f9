import BenchHarness
import InterlockLab

/// An exploration that stays as large as it is, however many schedules pass.
///
/// It ends the program when that is not so.
let labMemory = Benchmark(
  name: "lab-memory",
  workload: "schedules pass, by every strategy in turn, and memory does not grow; per schedule",
  operations: 200_000, rate: "schedules",
  cases: [
    .init(name: "portfolio") { count in
      await explored(.portfolio(schedules: filling, seed: 0)) { _ in blackHole(await lostUpdate()) }
      let full = residentBytes()
      await explored(.portfolio(schedules: count, seed: 0)) { _ in blackHole(await lostUpdate()) }
      let growth = residentBytes() - full
      guard growth <= mostGrowth else {
        fatalError(
          "\(growth) bytes more after \(count) schedules, at most \(mostGrowth) are allowed")
      }
    }
  ])

/// Enough schedules that every storage is as large as it gets.
private let filling = 1000
/// What the allocator may need besides.
private let mostGrowth = 4 << 20
