import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import TestSupport

/// A modem that sends whatever it is given, at once, on a channel the test makes busy or clear.
final class WillingModem: Modem {
  let sent = Guarded<[[UInt8]]>([])
  let channel = Guarded(ChannelActivity.clear)

  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {}
  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    sent.withLock { $0.append(frame) }
    return .sent(onAir: nil)
  }
  func channelActivity() async throws(ModemError) -> ChannelActivity {
    channel.withLock { $0 }
  }
  func apply(_ settings: ModemSettings) async throws(ModemError) {}
  func reset() async throws(ModemError) {}
}

/// A repeater with its pipeline, on the clock of whoever makes it.
struct Station {
  let clock = Stopwatch()
  let modem = WillingModem()
  let pipeline: TransmitPipeline
  let repeater: Repeater

  init(
    policy: DutyCyclePolicy = .unlimited,
    transmit: TransmitPolicy = TransmitPolicy(),
    profile: AdvertProfile = AdvertProfile(floodInterval: nil),
    _ configure: (inout RepeaterConfiguration) -> Void = { _ in }
  ) {
    var configuration = RepeaterConfiguration()
    configure(&configuration)
    pipeline = TransmitPipeline(
      modem: modem, settings: ModemSettings(lora: RepeaterFixture.settings, transmitPowerDBm: 14),
      ledger: AirtimeLedger(policy: policy, at: clock.now), policy: transmit,
      clock: clock, seed: 1)
    var random = TestRandom(seed: 1)
    repeater = Repeater(
      identity: Identity.generate { SecretBytes(random.bytes(32).span) },
      configuration: configuration, profile: profile, settings: RepeaterFixture.settings,
      pipeline: pipeline, clock: clock, seed: 1, unixTime: { 1_800_000_000 })
  }

  func hear(_ bytes: [UInt8], snrQuarterDB: Int = 40, at now: Instant) -> Verdict {
    repeater.receive(
      ReceivedFrame(bytes: bytes, snrQuarterDB: snrQuarterDB, rssiDBm: -80, receivedAt: now))
  }

  /// Runs it around a body, and ends it.
  func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pipeline.run() }
      group.addTask { try await repeater.run() }
      try await body()
      group.cancelAll()
      while let ended = await group.nextResult() {
        if case .failure(let error) = ended, !(error is CancellationError) { throw error }
      }
    }
  }
}
