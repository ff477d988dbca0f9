/// The strategies of a plan, one for each schedule.
struct StrategySequence {
  /// A strategy, and what it is called in a report.
  struct Next {
    let strategy: Strategy
    let name: String
    /// The seed it was made with; nil when it has none.
    let seed: UInt64?
    var setup = RunSetup()
  }

  private let plan: Plan
  private var index = 0
  /// Whether the exhaustive strategy has not run yet.
  private var isFresh = true
  /// The default schedule, which the others learn from.
  private let counts = StepCounts()
  private var withDescendants = StepTally()
  private var picks = 0
  private var exhaustive: ExhaustiveWalk?
  private var reduced: ReducedWalk?
  /// Schedules that the exhaustive part of a portfolio may still take.
  private var exhaustiveBudget = 0
  /// Faults that an exhaustive plan has yet to try, each with all schedules.
  private var remainingFaults: [Fault]?
  private var currentFaults: [Fault] = []
  private var planner: FaultPlanner
  private(set) var isComplete = false
  /// Whether something went one way of several and was not tried in the others: random numbers, or a task that only
  /// yields.
  private var hasGaps = false

  init(_ plan: Plan) {
    self.plan = plan
    planner = FaultPlanner(plan.faults)
    currentFaults = plan.faults.always
    switch plan.method {
    case .exhaustive(let preemptions): exhaustive = ExhaustiveWalk(preemptions: preemptions)
    case .reduced(let countsCompletions):
      reduced = ReducedWalk(countsCompletions: countsCompletions)
    case .portfolio:
      exhaustive = ExhaustiveWalk(preemptions: 1)
      // It could not place faults: they differ from schedule to schedule.
      exhaustiveBudget = plan.faults == .none ? plan.schedules / 4 : 0
    default: break
    }
  }

  /// The next one; nil when the plan is done.
  mutating func next() -> Next? {
    guard index < plan.schedules else { return nil }
    let seed = plan.seed &+ UInt64(index)
    guard var next = nextStrategy(seed) ?? nextFault() else {
      isComplete = !hasGaps
      return nil
    }
    index += 1
    // A walk that repeats its last schedule up to one decision needs the same faults and numbers there.
    next.setup = RunSetup(
      steps: plan.steps, time: plan.time, syncPoints: plan.syncPoints,
      faults: next.seed.map(planner.faults) ?? currentFaults,
      fifoActors: plan.fifoActors && !next.strategy.isReduction,
      wakeUpPatience: plan.wakeUpPatience.wholeNanoseconds,
      outsideWait: plan.outsideWait, seed: next.seed ?? plan.seed)
    return next
  }

  /// Begins all schedules anew with the next fault of those that the schedules without one have shown.
  private mutating func nextFault() -> Next? {
    if remainingFaults == nil { remainingFaults = planner.everyFault.reversed() }
    guard let fault = remainingFaults?.popLast() else { return nil }
    currentFaults = plan.faults.always + [fault]
    switch plan.method {
    case .exhaustive(let preemptions): exhaustive = ExhaustiveWalk(preemptions: preemptions)
    case .reduced(let countsCompletions):
      reduced = ReducedWalk(countsCompletions: countsCompletions)
    default: return nil
    }
    isFresh = true
    return nextStrategy(0)
  }

  private mutating func nextStrategy(_ seed: UInt64) -> Next? {
    defer { isFresh = false }
    switch plan.method {
    case .random: return Next(strategy: RandomWalk(seed: seed), name: "random", seed: seed)
    case .partialOrder:
      return Next(strategy: PartialOrderWalk(seed: seed), name: "pos", seed: seed)
    case .pct(let depth): return calibration ?? priority(depth, seed)
    case .uniform: return calibration ?? uniform(seed)
    case .exhaustive:
      guard let exhaustive, isFresh || exhaustive.advance() else { return nil }
      return Next(strategy: exhaustive, name: "exhaustive", seed: nil)
    case .reduced:
      guard let reduced, isFresh || reduced.advance() else { return nil }
      return Next(strategy: reduced, name: "reduced", seed: nil)
    case .portfolio, .mixed: return calibration ?? nextWithOnePreemption ?? nextInTurn(seed)
    }
  }

  /// A run is over: the next ones know more.
  mutating func finished(_ engine: Engine) {
    picks = max(picks, engine.picks)
    hasGaps = hasGaps || engine.usedRandom || engine.hasHeldBack
    planner.saw(engine)
    if index == 1 { withDescendants = counts.withDescendants }
  }

  /// The default schedule comes first: if it fails, the failure is no race.
  private var calibration: Next? {
    index == 0 ? Next(strategy: counts, name: "default", seed: nil) : nil
  }

  private func priority(_ depth: Int, _ seed: UInt64) -> Next {
    Next(
      strategy: PriorityWalk(seed: seed, depth: depth, decisions: picks), name: "pct:\(depth)",
      seed: seed)
  }

  private func uniform(_ seed: UInt64) -> Next {
    Next(strategy: UniformWalk(seed: seed, counts: withDescendants), name: "uniform", seed: seed)
  }

  private var nextWithOnePreemption: Next? {
    mutating get {
      guard exhaustiveBudget > 0, let exhaustive else { return nil }
      exhaustiveBudget -= 1
      // Its first schedule is the default one, which has been tried.
      guard index == 1 || exhaustive.advance() else {
        self.exhaustive = nil
        return nil
      }
      return Next(strategy: exhaustive, name: "exhaustive:1", seed: nil)
    }
  }

  private func nextInTurn(_ seed: UInt64) -> Next {
    switch index % 5 {
    case 0: Next(strategy: RandomWalk(seed: seed), name: "random", seed: seed)
    case 1: priority(2, seed)
    case 2: priority(3, seed)
    case 3: uniform(seed)
    default: Next(strategy: PartialOrderWalk(seed: seed), name: "pos", seed: seed)
    }
  }
}
