import BenchHarness
import Interlock
import InterlockRadio

/// One packet in, one packet out, while so many wait: all that is decided about a packet, from its
/// submission to the settled debit.
let transmitMachine = Benchmark(
  name: "transmit-machine",
  workload: "a packet is submitted and the most urgent one is sent, N waiting; per packet",
  operations: 100_000,
  cases: [10, 100, 1000, 10_000].map { waiting in
    // What is left is the account of airtime, which doubles now and then up to its bound.
    .init(name: "\(waiting) waiting", mostAllocations: 0.01) { count in
      let settings = benchSettings
      var policy = TransmitPolicy()
      policy.capacity = waiting + 1
      policy.maximumAge = .seconds(1_000_000)
      var now = Instant(nanoseconds: 0)
      var machine = TransmitMachine(
        lora: settings.lora, ledger: AirtimeLedger(policy: .hourly(permille: 1000), at: now),
        policy: policy, seed: 1)
      for number in 0..<waiting { _ = machine.submit(benchRequest(number, at: now), at: now) }
      for number in 0..<count {
        now = now.advanced(by: .seconds(1))
        _ = machine.submit(benchRequest(number, at: now), at: now)
        guard machine.poll(at: now) == .takeSection else { fatalError("nothing is ready") }
        var step = machine.enter(at: now)
        while step != .leave {
          switch step {
          case .record(let call): machine.recorded(call, at: now)
          case .listen(let call): machine.heard(call, .clear, at: now)
          case .send(let call):
            blackHole(machine.launch(call, at: now))
            machine.completed(call, .sent(onAir: nil), at: now)
          case .reset, .wait, .leave: fatalError("the radio hangs")
          }
          step = machine.step(at: now)
        }
        while let effect = machine.nextEffect() { blackHole(effect) }
      }
    }
  })

/// The same through the pipeline: its task, its mutex, a task for each call to the modem.
let transmitPipeline = Benchmark(
  name: "transmit-pipeline",
  workload:
    "a packet goes through the pipeline to a modem that takes no time, N waiting; per packet",
  operations: 20_000,
  cases: [10, 100, 1000, 10_000].map { waiting in
    .init(name: "\(waiting) waiting") { count in
      var policy = TransmitPolicy()
      policy.capacity = waiting + 1
      policy.maximumAge = .seconds(1_000_000)
      let clock = SystemClock()
      let pipeline = TransmitPipeline(
        modem: InstantModem(), settings: benchSettings,
        ledger: AirtimeLedger(policy: .unlimited, at: clock.now), policy: policy, clock: clock,
        seed: 1)
      try await withThrowingTaskGroup(of: Void.self) { group in
        let finished = BoundedChannel<Void>(capacity: waiting + count)
        for number in 0..<waiting + count {
          if number >= waiting { _ = try await finished.receive() }
          pipeline.submit(benchRequest(number, at: clock.now)) { _ in _ = finished.trySend(()) }
          if number == waiting - 1 {
            group.addTask { try await pipeline.run() }
          }
        }
        await pipeline.stop()
        try await group.waitForAll()
      }
    }
  })

private let benchSettings = ModemSettings(
  lora: LoRaSettings(
    frequencyHz: 869_525_000, bandwidthHz: 62_500, spreadingFactor: 7, codingRateDenominator: 5),
  transmitPowerDBm: 14)

/// Made once, so that what is counted is the pipeline's.
private let benchFrames = (0..<256).map { [UInt8](repeating: UInt8($0), count: 20) }

private func benchRequest(_ number: Int, at now: Instant) -> TransmitRequest {
  TransmitRequest(
    frame: benchFrames[number % benchFrames.count],
    label: PacketLabel(identifier: UInt64(number), type: "TXT_MSG", route: "flood"),
    origin: .relay, kind: .flood, priority: 1 + number % 16, receivedAt: now)
}

/// A modem whose transmissions take no time at all.
private struct InstantModem: Modem {
  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {}
  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome { .sent(onAir: nil) }
  func channelActivity() async throws(ModemError) -> ChannelActivity { .clear }
  func apply(_ settings: ModemSettings) async throws(ModemError) {}
  func reset() async throws(ModemError) {}
}
