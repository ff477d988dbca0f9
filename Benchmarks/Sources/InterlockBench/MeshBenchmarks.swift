import BenchHarness
import Interlock
import InterlockRadio
import InterlockSimulation

/// A hundred repeaters for a simulated day: 24 operations are the day.
///
/// What it does is checked while it is measured: a fast simulation of something else is of no use.
let meshDay = Benchmark(
  name: "mesh-day",
  workload: "100 repeaters and 60 people, 10 000 messages and adverts a day; per simulated hour",
  operations: 24,
  cases: [
    .init(name: "MeshSimulation") { hours in
      var mesh = MeshSimulation(benchTown, seed: 1)
      mesh.run(for: .seconds(3600 * hours))
      let report = mesh.report()
      guard report.overlaps == 0, report.overBudget == 0, report.repeatedRelays == 0 else {
        fatalError("the simulated mesh broke a rule: \(report)")
      }
      guard report.originated >= 400 * hours else {
        fatalError("only \(report.originated) packets were said in \(hours) hours")
      }
      blackHole(report.digest)
    }
  ])

private let benchTown = MeshPlan.town(
  repeaters: 100, companions: 60,
  modem: ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8,
      codingRateDenominator: 8),
    transmitPowerDBm: 22),
  dutyCycle: .hourly(permille: 100), seed: 1)
