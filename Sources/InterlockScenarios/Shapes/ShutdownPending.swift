internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A scheduler that shuts down cancels what runs and forgets what waits.
  static let shutdownPending: Scenario = {
    let jobs = Parameter("jobs", 2)
    return Scenario(
      "shape.shutdown-pending",
      asks: "Does everybody who waits for a job get an answer when the scheduler shuts down?",
      parameters: [jobs], source: "swiftlang/sourcekit-lsp, pull request 2677", foundWithin: 248
    ) { lab, variant in
      let scheduler = JobScheduler(answersPending: variant == .guarded)
      let running = scheduler.running
      lab.invariant("one job at a time") { running.value <= 1 }
      await withTaskGroup(of: Void.self) { group in
        for job in 0..<jobs.value {
          group.addTask(name: "caller-\(job)") { _ = await scheduler.run() }
        }
        group.addTask(name: "shutdown") { await scheduler.shutDown() }
      }
    }
  }()
}

/// Runs one job at a time; whoever asks for one waits for its answer: whether it ran.
private actor JobScheduler {
  nonisolated let running = Watched(0)
  private let answersPending: Bool
  private var pending: [FirstAnswer<Bool>] = []
  private var isShutDown = false

  init(answersPending: Bool) { self.answersPending = answersPending }

  func run() async -> Bool {
    guard !isShutDown else { return false }
    if running.value > 0 {
      let turn = FirstAnswer<Bool>()
      pending.append(turn)
      guard await turn.value else { return false }
    } else {
      running.change { $0 += 1 }
    }
    await Task.yield()
    running.change { $0 -= 1 }
    if !isShutDown, !pending.isEmpty {
      running.change { $0 += 1 }
      pending.removeFirst().give(true)
    }
    return true
  }

  func shutDown() {
    isShutDown = true
    guard answersPending else { return }
    for turn in pending { turn.give(false) }
    pending = []
  }
}
