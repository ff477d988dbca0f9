public import Interlock
public import InterlockRadio

/// A LoRa board that runs the MeshCore KISS modem firmware, over a serial line or TCP.
///
/// It is configured each time it is (re)connected, and found again when it comes back under another
/// name. A transmission's outcome is what the modem itself reports, never a guess.
///
/// ```swift
/// let modem = MeshCoreKISSModem(
///   .serial(path: "/dev/ttyACM0"), settings: settings, seed: .random(in: 0 ... .max))
/// try await modem.run { event in print(event) }
/// ```
///
/// *Source:* MeshCore firmware 1.17.1, KISS modem.
public struct MeshCoreKISSModem: Modem {
  private let driver: ModemDriver<MeshCoreModemMachine>

  /// Makes the modem; nothing is opened before `run`.
  ///
  /// - Parameters:
  ///   - connection: Where it is.
  ///   - settings: What to put in force on every connection.
  ///   - options: How it accesses the channel and what it is asked.
  ///   - clock: The clock for its time-outs.
  ///   - seed: What the waits between attempts to connect are drawn from.
  public init(
    _ connection: ModemConnection, settings: ModemSettings,
    options: MeshCoreModemOptions = MeshCoreModemOptions(),
    clock: any MonotonicClock = SystemClock(), seed: UInt64
  ) {
    driver = ModemDriver(
      machine: MeshCoreModemMachine(settings: settings, options: options),
      source: connection.source(clock: clock), clock: clock, seed: seed)
  }

  /// The firmware listens before it sends, for one and a half of the longest airtimes at most.
  public func timing(with settings: ModemSettings) -> ModemTiming {
    driver.timing(with: settings)
  }

  /// Connects, configures, receives and reconnects until the task is cancelled.
  ///
  /// - Throws: `ModemError` when the modem refuses the settings; `CancellationError`.
  public func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    try await driver.run(deliver: deliver)
  }

  /// Sends one frame; one at a time.
  ///
  /// - Returns: the outcome the modem reports, or `unknown` when the link is lost or the modem is
  ///   reset meanwhile.
  public func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    await driver.transmit(frame, sequence: sequence)
  }

  /// Asks whether a packet is being received.
  ///
  /// - Returns: `receiving` or `clear`; `left` when the options leave it to the modem.
  /// - Throws: `ModemError` after a second without an answer.
  public func channelActivity() async throws(ModemError) -> ChannelActivity {
    try await driver.channelActivity()
  }

  /// Changes channel and power, and checks that the modem has taken them.
  ///
  /// - Throws: `ModemError` when the modem refuses or is not there; the settings of before then
  ///   stay in force.
  public func apply(_ settings: ModemSettings) async throws(ModemError) {
    try await driver.apply(settings)
  }

  /// Configures the modem anew; a transmission it never reported on ends as `unknown`.
  ///
  /// - Throws: `ModemError` when it is not there, or stays silent so that the link is opened anew.
  public func reset() async throws(ModemError) {
    try await driver.reset()
  }
}
