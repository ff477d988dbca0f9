/// Where faults can be put, as far as the runs so far have shown.
struct FaultPlanner: Sendable {
  private let plan: FaultPlan
  private var steps = 0
  private var tasks = 0
  private var processes: [String] = []
  private var sites: [(label: String, count: Int)] = []

  init(_ plan: FaultPlan) {
    self.plan = plan
  }

  /// Learns from a run.
  mutating func saw(_ engine: Engine) {
    guard plan != .none else { return }
    steps = max(steps, engine.steps)
    tasks = max(tasks, engine.tasks.count)
    for process in engine.processes where !processes.contains(process.name) {
      processes.append(process.name)
    }
    for site in engine.sites.visits {
      if let index = sites.firstIndex(where: { $0.label == site.label }) {
        sites[index].count = max(sites[index].count, site.count)
      } else {
        sites.append(site)
      }
    }
  }

  /// Faults at random places; none while nothing is known of them.
  func faults(_ seed: UInt64) -> [Fault] {
    guard plan != .none, steps > 0 else { return plan.always }
    var generator = SplitMix(seed ^ 0xF0F0_F0F0_F0F0_F0F0)
    var faults = plan.always
    for _ in 0..<max(0, plan.cancellations) {
      faults.append(
        .cancel(
          step: generator.below(steps), task: Int32(truncatingIfNeeded: generator.below(tasks))))
    }
    for _ in 0..<max(0, plan.crashes) where !processes.isEmpty {
      faults.append(
        .crash(step: generator.below(steps), process: processes[generator.below(processes.count)]))
    }
    for _ in 0..<max(0, plan.errors) where !sites.isEmpty {
      let site = sites[generator.below(sites.count)]
      faults.append(.error(label: site.label, visit: 1 + generator.below(site.count)))
    }
    for _ in 0..<max(0, plan.delays) where !sites.isEmpty {
      let site = sites[generator.below(sites.count)]
      faults.append(
        .delay(
          label: site.label, visit: 1 + generator.below(site.count),
          milliseconds: delay(&generator)))
    }
    return faults
  }

  private var longestDelay: Int {
    max(1, Int(truncatingIfNeeded: plan.longestDelay.wholeNanoseconds / 1_000_000))
  }

  /// Milliseconds: first the order of magnitude, then the number.
  private func delay(_ generator: inout SplitMix) -> Int {
    let magnitude = generator.below(Int.bitWidth - longestDelay.leadingZeroBitCount)
    return min(longestDelay, 1 << magnitude + generator.below(1 << magnitude))
  }

  /// Every single fault there is a place for.
  var everyFault: [Fault] {
    var faults: [Fault] = []
    if plan.cancellations > 0 {
      for step in 0..<steps {
        for task in 0..<tasks {
          faults.append(.cancel(step: step, task: Int32(truncatingIfNeeded: task)))
        }
      }
    }
    if plan.crashes > 0 {
      for process in processes {
        for step in 0..<steps { faults.append(.crash(step: step, process: process)) }
      }
    }
    if plan.errors > 0 {
      for site in sites {
        for visit in 1...site.count { faults.append(.error(label: site.label, visit: visit)) }
      }
    }
    if plan.delays > 0 {
      for site in sites {
        for visit in 1...site.count {
          faults.append(
            .delay(label: site.label, visit: visit, milliseconds: longestDelay))
        }
      }
    }
    return faults
  }
}
