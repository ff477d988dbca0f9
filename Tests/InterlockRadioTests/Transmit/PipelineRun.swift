import Interlock
import InterlockRadio
import TestSupport
import Testing

/// A pipeline over a scripted modem in the lab, with what it told.
final class PipelineRun: Sendable {
  struct Told: Sendable {
    var reports: [Int: [TransmitReport]] = [:]
    var order: [Int] = []
    var events: [TransmitEvent] = []
  }

  let modem: ScriptedModem
  let pipeline: TransmitPipeline
  let clock = Stopwatch()
  private let state: Log

  private final class Log: Sendable {
    let told = Guarded(Told())
  }

  init(
    _ dutyCycle: DutyCyclePolicy = .unlimited,
    policy: TransmitPolicy = TransmitPolicy(), modem: ScriptedModem? = nil,
    record: @escaping @Sendable (AirtimeLedger) async -> Void = { _ in }
  ) {
    let modem = modem ?? ScriptedModem()
    let log = Log()
    self.modem = modem
    state = log
    pipeline = TransmitPipeline(
      modem: modem, settings: ModemSettings(lora: .narrow, transmitPowerDBm: 14),
      ledger: AirtimeLedger(policy: dutyCycle, at: clock.now), policy: policy, clock: clock,
      seed: 1, record: record,
      log: { event in log.told.withLock { $0.events.append(event) } })
  }

  var told: Told { state.told.withLock { $0 } }
  var warnings: [TransmitEvent] { told.events.filter { $0.level >= .warning } }

  func result(_ number: Int) -> TransmitResult? { told.reports[number]?.first?.result }

  @discardableResult
  func submit(_ request: TransmitRequest) -> Submission {
    let log = state
    return pipeline.submit(request) { report in
      log.told.withLock { told in
        let number = Int(report.label.identifier)
        told.reports[number, default: []].append(report)
        told.order.append(number)
      }
    }
  }

  /// How a local transmission failed; nil if it did not.
  func failure(of request: TransmitRequest) async -> TransmitError? {
    do {
      _ = try await pipeline.transmit(request)
      return nil
    } catch {
      return error as? TransmitError
    }
  }

  func sleep(_ duration: Duration) async throws {
    try await clock.sleep(for: duration)
  }

  /// Waits until the pipeline runs; a stop would not reach it before.
  func begun() async {
    while !pipeline.isRunning { await Task.yield() }
  }

  /// Runs the pipeline while the body runs, stops it, and checks what must hold in every run.
  func running(_ body: @escaping @Sendable (PipelineRun) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.pipeline.run() }
      await begun()
      try await body(self)
      await pipeline.stop()
      try await group.waitForAll()
    }
    modem.release()
    try #require(modem.log.overlaps == [], "calls to the modem overlap")
    try #require(pipeline.snapshot().isConserved)
    try #require(pipeline.snapshot().pending == 0)
    let budget = pipeline.ledger.budget
    try #require(budget.pendingAmount == .zero && budget.statistics.strays == 0, "settled once")
    for (number, reports) in told.reports {
      try #require(reports.count == 1, "packet \(number) finished \(reports.count) times")
    }
  }
}

/// A local or relayed request made now.
func request(
  _ number: Int, _ kind: PacketKind = .direct, origin: TransmitOrigin = .relay,
  priority: Int? = nil, delay: Duration = .zero, bytes: Int = 5, on clock: Stopwatch
) -> TransmitRequest {
  request(
    number, kind, origin: origin, priority: priority, delay: delay, bytes: bytes, at: clock.now)
}
