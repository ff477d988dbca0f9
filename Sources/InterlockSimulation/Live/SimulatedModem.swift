internal import Interlock
public import InterlockRadio

/// A modem whose radio is in a simulated world; made by `LiveAir.attach`.
///
/// It sends when the air runs, hears what reaches its radio, and goes wrong as planned.
public final class SimulatedModem: Modem {
  /// Its radio's number in the world.
  public let radio: RadioID
  private let air: LiveAir

  /// Events that wait for `run`'s receiver; beyond, the oldest are lost, as in a real modem.
  static let eventBound = 256

  init(radio: RadioID, air: LiveAir) {
    self.radio = radio
    self.air = air
  }

  /// Delivers what the radio hears until the task is cancelled.
  ///
  /// - Throws: `CancellationError` when it is.
  public func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    let (events, continuation) = AsyncStream.makeStream(
      of: ModemEvent.self, bufferingPolicy: .bufferingNewest(Self.eventBound))
    air.perform { [radio] in $0.open(radio, continuation) }
    defer { air.step { [radio] in $0.close(radio) } }
    for await event in events { await deliver(event) }
    throw CancellationError()
  }

  /// Sends one frame; ends when it is off the air, or as the fault plan says.
  ///
  /// - Returns: the outcome, with the interval on the air.
  public func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    let now = air.clock.now
    return await withCheckedContinuation { reply in
      air.perform { [radio] in $0.transmit(frame, from: radio, at: now, reply: reply) }
    }
  }

  /// Listens.
  ///
  /// - Returns: what the radio hears now.
  /// - Throws: when unplugged, or as the fault plan says.
  public func channelActivity() async throws(ModemError) -> ChannelActivity {
    let now = air.clock.now
    return try air.step { [radio] state throws(ModemError) in
      try state.activity(at: radio, now)
    }
  }

  /// Retunes the radio.
  ///
  /// - Throws: when unplugged.
  public func apply(_ settings: ModemSettings) async throws(ModemError) {
    let now = air.clock.now
    try air.step { [radio] state throws(ModemError) in
      try state.tune(radio, to: settings, at: now)
    }
  }

  /// Aborts a transmission that hangs.
  ///
  /// - Throws: when unplugged.
  public func reset() async throws(ModemError) {
    try air.perform { [radio] state throws(ModemError) in try state.reset(radio) }
  }

  // MARK: For whoever plays with it

  /// Changes what goes wrong from now on.
  public func setFaults(_ faults: ModemFaults) {
    air.step { [radio] in $0.setFaults(faults, of: radio) }
  }

  /// Pulls the plug: nothing is heard or sent until `plugIn()`.
  public func unplug() {
    air.perform { [radio] in $0.unplug(radio) }
  }

  /// Puts the plug back.
  public func plugIn() {
    air.perform { [radio] in $0.plugIn(radio) }
  }
}
