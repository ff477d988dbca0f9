public import Interlock
public import InterlockRadio

/// A plain KISS TNC, such as Direwolf over TCP or a generic LoRa board on a serial line.
///
/// It confirms nothing: `sent` means that its queue has emptied, where it can say so, and otherwise
/// that the calculated time has passed. Received frames have no signal values.
public struct KISSTNCModem: Modem {
  private let driver: ModemDriver<KISSTNCMachine>

  /// Makes the modem; nothing is opened before `run`.
  ///
  /// - Parameters:
  ///   - connection: Where it is.
  ///   - settings: The modulation, for its time on air, and for boards that can be told.
  ///   - options: How it is used.
  ///   - clock: The clock for its time-outs.
  ///   - seed: What the waits between attempts to connect are drawn from.
  public init(
    _ connection: ModemConnection, settings: ModemSettings,
    options: KISSTNCOptions = KISSTNCOptions(), clock: any MonotonicClock = SystemClock(),
    seed: UInt64
  ) {
    driver = ModemDriver(
      machine: KISSTNCMachine(settings: settings, options: options),
      source: connection.source(clock: clock), clock: clock, seed: seed)
  }

  /// The device waits for the channel for as long as it takes, and keys its transmitter before.
  public func timing(with settings: ModemSettings) -> ModemTiming {
    driver.timing(with: settings)
  }

  /// Connects, receives and reconnects until the task is cancelled.
  ///
  /// - Throws: `CancellationError`.
  public func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    try await driver.run(deliver: deliver)
  }

  /// Sends one frame; one at a time.
  ///
  /// - Returns: `sent` once the queue has emptied or the calculated time has passed.
  public func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    await driver.transmit(frame, sequence: sequence)
  }

  /// Says that the device listens by itself.
  ///
  /// - Returns: always `left`.
  /// - Throws: nothing.
  public func channelActivity() async throws(ModemError) -> ChannelActivity {
    try await driver.channelActivity()
  }

  /// Takes other settings; a board that starts with text commands is opened anew.
  ///
  /// - Throws: `ModemError` when no device is ready.
  public func apply(_ settings: ModemSettings) async throws(ModemError) {
    try await driver.apply(settings)
  }

  /// Gives up the frame under way; done when the device holds none any more, as it cannot be told to
  /// forget it.
  ///
  /// - Throws: `ModemError` when no device is ready, or it still has bytes queued.
  public func reset() async throws(ModemError) {
    try await driver.reset()
  }
}
