import BenchHarness
import InterlockLab

let labSchedules = Benchmark(
  name: "lab-schedules",
  workload:
    "two tasks visit an actor twice each, about 12 steps, by chance, no trace; per schedule",
  operations: 100_000, rate: "schedules",
  cases: [
    .init(name: "random") { count in
      await explored(.random(schedules: count, seed: 0)) { _ in blackHole(await lostUpdate()) }
    },
    .init(name: "portfolio") { count in
      await explored(.portfolio(schedules: count, seed: 0)) { _ in blackHole(await lostUpdate()) }
    },
  ])

let labSteps = Benchmark(
  name: "lab-steps",
  workload: "three tasks visit an actor and yield, four times each, 40 steps, by chance; per step",
  operations: 1_000_000, rate: "steps",
  cases: [
    .init(name: "random") { count in
      let one = await explored(.random(schedules: 1, seed: 0)) { _ in visits(3, times: 4) }
      await explored(.random(schedules: count / one.steps, seed: 0)) { _ in visits(3, times: 4) }
    }
  ])

let labExhaustive = Benchmark(
  name: "lab-exhaustive",
  workload:
    "three tasks visit an actor and yield, three times each, 31 steps, every order; per schedule",
  operations: 20_000, rate: "schedules",
  cases: [
    .init(name: "any number of preemptions") { count in
      await exhausted(count, .none)
    },
    .init(name: "one order of each kind") { count in
      await exhausted(count, .isolation)
    },
  ])

/// So many schedules of a search that would find more, or begins anew when it does not.
private func exhausted(_ count: Int, _ reduction: Plan.Reduction) async {
  var left = count
  while left > 0 {
    let plan = Plan.exhaustive(preemptions: nil, limit: left, reduction: reduction)
    left -= await explored(plan) { _ in visits(3, times: 3) }.schedules
  }
}

let labTime = Benchmark(
  name: "lab-time",
  workload: "10 tasks sleep 720 times each, an hour and more of virtual time; all of it",
  operations: 20,
  cases: [
    .init(name: "random") { count in
      await explored(.random(schedules: count, seed: 0)) { lab in
        await sleeps()
        lab.check(lab.elapsed >= .seconds(3600), "only \(lab.elapsed) went by")
      }
    }
  ])
