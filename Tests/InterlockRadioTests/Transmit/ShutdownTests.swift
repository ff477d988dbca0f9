import Interlock
import InterlockLab
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct ShutdownTests {
  /// What the pipeline is doing when it is stopped.
  enum Situation: CaseIterable, CustomTestStringConvertible {
    case idle, delaysPending, sending, sendHangs, backingOff, listening, listenHangs,
      changingSettings

    var testDescription: String { "\(self)" }

    var modem: ScriptedModem {
      switch self {
      case .idle, .delaysPending, .sending: ScriptedModem()
      case .sendHangs: ScriptedModem(script: { _, _ in .neverReturns })
      case .backingOff: ScriptedModem(script: { _, _ in .refuses(after: .zero) })
      case .listening: ScriptedModem(channel: { _ in .busy })
      case .listenHangs: ScriptedModem(listenTime: .seconds(1000))
      case .changingSettings:
        ScriptedModem(
          timing: ModemTiming(applyCommands: 4), applyTime: { _ in .seconds(1000) })
      }
    }
  }

  @Test(.explored(.many()), arguments: Situation.allCases)
  func `radio.R8 stopping takes a bounded time and nothing is sent after it`(
    situation: Situation
  ) async throws {
    let run = PipelineRun(
      .minute(.seconds(2)), modem: situation.modem)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await run.pipeline.run() }
      await run.begun()
      switch situation {
      case .idle: break
      case .delaysPending:
        for number in 0..<3 { run.submit(request(number, delay: .seconds(9), on: run.clock)) }
      case .sending, .sendHangs, .listening, .listenHangs:
        for number in 0..<3 { run.submit(request(number, on: run.clock)) }
      case .backingOff:
        run.submit(request(0, origin: .local, on: run.clock))
      case .changingSettings:
        group.addTask {
          try? await run.pipeline.apply(ModemSettings(lora: .narrow, transmitPowerDBm: 0))
        }
        try await run.sleep(.milliseconds(1))
        run.submit(request(0, on: run.clock))
      }
      // At any instant, the first one included.
      try await run.sleep(.milliseconds(choose(97)))
      let asked = run.clock.now
      let begun = run.modem.order.count
      await withTaskGroup(of: Void.self) { stops in
        for _ in 0..<2 { stops.addTask { await run.pipeline.stop() } }
      }
      let took = asked.duration(to: run.clock.now)
      try #require(took <= .seconds(5) + .milliseconds(250), "\(took)")
      try #require(run.modem.order.count <= begun + 1)
      try #require(run.modem.log.transmissions.allSatisfy { $0.start <= asked })
      let snapshot = run.pipeline.snapshot()
      try #require(snapshot.isConserved && snapshot.pending == 0)
      try #require(snapshot.airtime.first?.pending == .zero)
      try #require(run.submit(request(90, on: run.clock)) == .refused(.shutdown))
      try await group.waitForAll()
      await run.pipeline.stop()
    }
    run.modem.release()
    try #require(run.modem.log.overlaps == [])
    // What may have been on the air is still spent.
    if situation == .sendHangs, !run.modem.order.isEmpty {
      try #require(run.pipeline.ledger.totals.unknown == .shortFrame)
    }
  }

  /// Tasks are interrupted where they give up a lock too.
  private static let interrupting = {
    var plan = Plan.many()
    plan.syncPoints = true
    return plan
  }()

  @Test(.explored(interrupting))
  func `when the stop or the run returns, how every packet ended has been told`() async {
    await stopWhileAnAnswerComesIn()
  }

  @Test(
    .replayed(
      "lab1/when-the-stop-or-the-run-returns-how-every-packet-ended-has/ce96/0:1,1:2,2:2,11:5,14:4,17:2,18:6,24:6,28:5,29:2,30:8,31:2,32:1/s#e1fe"
    ))
  func `a run that ended while another task was telling returned before it had told`() async {
    await stopWhileAnAnswerComesIn()
  }

  private func stopWhileAnAnswerComesIn() async {
    let run = PipelineRun()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        try? await run.pipeline.run()
        #expect(run.told.order.sorted() == [1, 2], "when the run returned")
      }
      await run.begun()
      run.submit(request(1, on: run.clock))
      run.submit(request(2, on: run.clock))
      group.addTask {
        // While the first one's answer comes in.
        try? await run.sleep(.shortFrame)
        await run.pipeline.stop()
        #expect(run.told.order.sorted() == [1, 2], "when the stop returned")
      }
    }
  }

  @Test(.explored(.many())) func `radio.R8 a stopped pipeline runs again`() async throws {
    let run = PipelineRun()
    for round in 0..<3 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await run.pipeline.run() }
        await run.begun()
        try #require(run.submit(request(round, on: run.clock)) != .refused(.shutdown))
        try await run.sleep(.seconds(1))
        await run.pipeline.stop()
        try await group.waitForAll()
      }
    }
    try #require(run.modem.order == [0, 1, 2])
  }

  @Test(.explored(.many(100))) func `radio.R8 stopping what never ran drops what waits`()
    async throws
  {
    let run = PipelineRun()
    run.submit(request(1, on: run.clock))
    await run.pipeline.stop()
    try #require(run.result(1) == .dropped(.shutdown))
  }

  @Test(.explored(.many(100))) func `a second run is refused while the first one goes on`()
    async throws
  {
    try await PipelineRun().running { run in
      try await run.sleep(.milliseconds(1))
      await #expect(throws: TransmitPipeline.AlreadyRunning.self) { try await run.pipeline.run() }
    }
  }

  @Test(.explored(.many())) func `cancelling the run settles what is on the air before it ends`()
    async throws
  {
    let run = PipelineRun(.minute(.seconds(1)))
    let running = Task { try await run.pipeline.run() }
    run.submit(request(1, on: run.clock))
    run.submit(request(2, on: run.clock))
    try await run.sleep(.milliseconds(choose(100)))
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    let sent = run.modem.order.count
    try #require(sent <= 1)
    try #require(run.pipeline.snapshot().airtimeTotals.sent == .shortFrame * sent)
    try #require(run.result(2) == .dropped(.shutdown))
    if sent == 1 { try #require(run.clock.now == run.modem.log.transmissions[0].end) }
  }

  @Test(.explored(.many()))
  func `radio.R9 stopping during a burst of receptions loses and leaks nothing`() async throws {
    weak var pipeline: TransmitPipeline?
    weak var modem: ScriptedModem?
    do {
      let run = PipelineRun(.minute(.seconds(1)))
      (pipeline, modem) = (run.pipeline, run.modem)
      let accepted = Shared(0)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await run.pipeline.run() }
        await run.begun()
        group.addTask {
          // Each reception is relayed at once, also while and after the pipeline stops.
          for number in 0..<100 {
            if case .accepted = run.submit(request(number, .flood, on: run.clock)) {
              accepted.withLock { $0 += 1 }
            }
            try await run.sleep(.milliseconds(1))
          }
        }
        try await run.sleep(.milliseconds(choose(60)))
        await run.pipeline.stop()
        try await group.waitForAll()
      }
      try #require(run.told.order.count == accepted.value)
      try #require(run.pipeline.snapshot().pending == 0)
    }
    try #require(pipeline == nil && modem == nil)
  }
}
