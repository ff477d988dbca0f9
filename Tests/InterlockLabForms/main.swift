import Foundation
import InterlockLab
import InterlockLabConstructs
import InterlockLabConstructsConcurrent

// What a build of the lab does with every construct and every escape, for builds that are linked or optimised
// in different ways to be compared: `Scripts/lab-forms`.
//
//     lab-forms SCHEDULES REPETITIONS ESCAPES
//
// Prints one hash a construct, then figures; ends with 1 when anything is not as it must be.

typealias Body = @Sendable (Lab) async throws -> Void

let bodies: [(name: String, body: Body)] =
  InterlockLabConstructs.Construct.all.map { ($0.name, $0.body) }
  + InterlockLabConstructsConcurrent.Construct.all.map { ("\($0.name), concurrent", $0.body) }

func complain(_ text: String) -> Never {
  FileHandle.standardError.write(Data("lab-forms: \(text)\n".utf8))
  exit(1)
}

func run(schedules: Int, repetitions: Int, escapes: UInt64) async {
  let probes = SelfCheck.result.probes
  for probe in probes where !probe.isPassed { complain("\(probe)") }
  let plan = Plan.random(schedules: schedules, seed: 1)
  var steps = 0
  for (name, body) in bodies {
    do { _ = try await Lab.explore(plan, body) } catch { complain("\(name): \(error)") }
    let first = await Lab.measure(plan, body)
    for _ in 1..<max(repetitions, 1) {
      guard await Lab.measure(plan, body) == first else { complain("\(name) is not repeated") }
    }
    steps += first.steps
    print("hash \(String(first.digest, radix: 16)) \(name)")
  }
  var noticed = 0
  for escape in InterlockLabConstructs.Escape.all {
    for seed in 0..<escapes {
      let outcome = await escape.outcome(seed: seed)
      guard escape.isTold(by: outcome) else { complain("\(escape.name), seed \(seed): \(outcome)") }
      noticed += 1
    }
  }
  print(
    "\(probes.count) probes; \(bodies.count) constructs, \(schedules) schedules each,",
    "\(steps) steps, \(repetitions) times the same; \(noticed) escapes of",
    "\(InterlockLabConstructs.Escape.all.count) kinds, all noticed")
}

let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
guard numbers.count == 3 else { complain("how many schedules, repetitions, and of each escape?") }
await run(schedules: Int(numbers[0]), repetitions: Int(numbers[1]), escapes: numbers[2])
