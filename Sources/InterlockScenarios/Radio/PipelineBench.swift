internal import Interlock
internal import InterlockRadio

/// The transmit pipeline over a model of a modem.
struct PipelineBench: Sendable {
  let modem: ModelModem
  let pipeline: TransmitPipeline

  /// Makes a pipeline that neither listens nor tries twice.
  ///
  /// - Parameters:
  ///   - modem: the radio.
  ///   - allowance: time on air in each minute; nil for no limit.
  init(_ modem: ModelModem = ModelModem(), allowance: Duration?) {
    self.modem = modem
    var policy = TransmitPolicy()
    policy.listensBeforeTalk = false
    policy.localAttempts = 1
    pipeline = TransmitPipeline(
      modem: modem, settings: modem.settings,
      ledger: AirtimeLedger(
        policy: allowance.map(Self.dutyCycle) ?? .unlimited, at: SystemClock().now), policy: policy,
      seed: 1)
  }

  /// So much time on air in each minute, with nothing set apart for floods.
  static func dutyCycle(_ allowance: Duration) -> DutyCyclePolicy {
    var policy = DutyCyclePolicy.windows(
      [.init(window: .seconds(60), allowance: allowance)], name: "minute")
    policy.floodPermille = 1000
    return policy
  }

  /// A packet that is dropped, not held, when it does not fit.
  func packet(_ number: Int, delay: Duration = .zero) -> TransmitRequest {
    TransmitRequest(
      frame: ModelModem.frame,
      label: PacketLabel(identifier: UInt64(number), type: "TXT_MSG", route: "flood"),
      origin: .relay, kind: .flood, priority: 1, delay: delay, receivedAt: SystemClock().now)
  }

  /// Runs the pipeline for as long as the body.
  func running(_ body: () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      // It ends by the cancellation below.
      group.addTask(name: "pipeline") { try? await pipeline.run() }
      await body()
      group.cancelAll()
    }
  }

  /// Waits until the pipeline runs: a stop would not reach it before.
  func begun() async {
    while !pipeline.isRunning { await Task.yield() }
  }

  /// Whether every packet that was taken has ended once, and was paid for once.
  var isSettled: Bool {
    let (snapshot, budget) = (pipeline.snapshot(), pipeline.ledger.budget)
    return snapshot.isConserved && snapshot.pending == 0 && budget.pendingAmount == .zero
      && budget.statistics.strays == 0
  }
}
