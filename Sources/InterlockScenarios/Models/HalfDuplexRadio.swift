internal import Interlock
internal import InterlockRadio

/// A radio that can send or receive, with what was on the air.
///
/// It stands for the hardware behind a `ModemDriver`.
actor HalfDuplexRadio {
  struct Air: Sendable {
    /// Frames that are being emitted now.
    var emitting = 0
    var frames = 0
    var airtime = Duration.zero
  }

  nonisolated let air = Watched(Air())

  /// Switches to sending.
  func begin(_ airtime: Duration) {
    air.change { air in
      air.emitting += 1
      air.frames += 1
      air.airtime += airtime
    }
  }

  /// Switches back to receiving.
  func end() { air.change { $0.emitting -= 1 } }

  /// Emits one frame for its time on air; what has begun cannot be cancelled.
  func transmit(for airtime: Duration) async {
    begin(airtime)
    await SystemClock().pause(for: airtime)
    end()
  }
}

/// The same radio as a modem of the transmit pipeline.
struct ModelModem: Modem {
  let radio = HalfDuplexRadio()
  let settings = ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 869_525_000, bandwidthHz: 62_500, spreadingFactor: 7, codingRateDenominator: 5),
    transmitPowerDBm: 14)
  /// Asked before each emission; what it throws happens instead.
  var refusal: @Sendable () async throws(ModemError) -> Void = {}

  /// The bytes of each frame: short ones all last as long.
  static let frame: [UInt8] = [1, 2, 3, 4, 5]

  /// The time each frame is on the air.
  var airtime: Duration { settings.lora.airtime(ofBytes: Self.frame.count) }

  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    try await SystemClock().sleep(until: .distantFuture)
  }

  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    do { try await refusal() } catch { return .notSent(error) }
    await radio.transmit(for: settings.lora.airtime(ofBytes: frame.count))
    return .sent(onAir: nil)
  }

  func channelActivity() async throws(ModemError) -> ChannelActivity { .clear }

  func apply(_ settings: ModemSettings) async throws(ModemError) {}

  func reset() async throws(ModemError) {}
}
