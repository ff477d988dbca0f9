import BenchHarness
import Interlock

/// A transmitter that has filled its budget's memory, and goes on.
private struct FullBudget: Sendable {
  static let amount = Duration.milliseconds(10)
  static let share = RollingBudget.Share(rawValue: 1)

  var budget: RollingBudget
  var now = Instant.origin

  /// A budget with two windows and two caps, and 65 536 spends in the longer window; `spare` is how
  /// much more than those the allowance holds.
  init(spare: Duration) {
    let count = RollingBudget.maximumEntries - 1
    let step = Duration.milliseconds(50)
    let window = step * RollingBudget.maximumEntries
    budget = RollingBudget(
      limits: [
        .init(window: window, allowance: Self.amount * count + spare),
        .init(window: .seconds(60), allowance: .seconds(30)),
      ],
      caps: [
        .init(covers: [Self.share, .init(rawValue: 2)], permille: 1000),
        .init(covers: .init(rawValue: 2), permille: 250),
      ])
    for _ in 0..<count { spend(every: step) }
  }

  /// Reserves, settles, and lets time pass.
  mutating func spend(every step: Duration) {
    if case .granted(let id) = budget.reserve(Self.amount, share: Self.share, at: now) {
      budget.settle(id, as: .sent(start: now, end: now.advanced(by: Self.amount)))
    }
    now = now.advanced(by: step)
  }
}

// Made once; each run works on a copy, and copying is a thousandth of it.
private let roomy = FullBudget(spare: .seconds(600))
private let nearlySpent = FullBudget(spare: FullBudget.amount)
private let spent = FullBudget(spare: .zero)
private let summed: SummedEntries = {
  var sum = SummedEntries()
  for index in 0..<RollingBudget.maximumEntries {
    sum.entries.append((Instant(nanoseconds: Int64(index)), .nanoseconds(1)))
  }
  return sum
}()

/// The way most programs do it: keep the entries, drop the old ones, add up the rest.
private struct SummedEntries {
  var entries: [(end: Instant, amount: Duration)] = []

  func spent(in window: Duration, at now: Instant) -> Duration {
    let from = now.advanced(by: .zero - window)
    return entries.reduce(.zero) { $1.end > from ? $0 + $1.amount : $0 }
  }
}

let budgetReserve = Benchmark(
  name: "budget-reserve",
  workload: "65 536 spends remembered, two windows, two caps; per reservation that is settled",
  operations: 200_000,
  cases: [
    .init(name: "RollingBudget, room to spare", mostAllocations: 0.01) { count in
      var full = roomy
      for _ in 0..<count { full.spend(every: .milliseconds(50)) }
      blackHole(full.budget.entryCount)
    },
    .init(name: "RollingBudget, nearly spent", mostAllocations: 0.01) { count in
      var full = nearlySpent
      for _ in 0..<count { full.spend(every: .milliseconds(50)) }
      blackHole(full.budget.entryCount)
    },
  ])

let budgetEarliest = Benchmark(
  name: "budget-earliest",
  workload: "65 536 spends remembered, two windows, two caps; per question when a spend fits",
  operations: 2000,
  cases: [
    .init(name: "RollingBudget, it fits", mostAllocations: 0.01) { count in
      let full = roomy
      for _ in 0..<count {
        blackHole(
          full.budget.earliest(for: FullBudget.amount, share: FullBudget.share, at: full.now))
      }
    },
    .init(name: "RollingBudget, it must wait", mostAllocations: 0.01) { count in
      let full = spent
      for index in 0..<count {
        let amount = FullBudget.amount * (index % 1000 + 2)
        blackHole(full.budget.earliest(for: amount, share: FullBudget.share, at: full.now))
      }
    },
    .init(name: "summing an array, one window, no caps") { count in
      for _ in 0..<count {
        blackHole(summed.spent(in: .seconds(1), at: Instant(nanoseconds: 70_000)))
      }
    },
  ])
