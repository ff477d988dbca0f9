/// A half-duplex radio that sends one frame at a time and delivers what it hears.
///
/// The transmit pipeline calls `transmit`, `channelActivity`, `apply` and `reset` one at a time,
/// never two together; a driver may rely on it and must not lock for it. Reception is never held up
/// by any of them: `run` delivers frames meanwhile.
public protocol Modem: Sendable {
  /// What it does with a frame on its own under these settings, such as waiting for the channel.
  func timing(with settings: ModemSettings) -> ModemTiming

  /// Connects, configures, receives and reconnects until the task is cancelled.
  ///
  /// - Parameter deliver: Takes each event in order; the driver awaits it, which is the
  ///   back-pressure, so a receiver returns soon.
  /// - Throws: `ModemError` only for what no reconnecting will cure; `CancellationError` otherwise.
  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws

  /// Puts one frame on the air and tells how it ended.
  ///
  /// It runs to its end also when the calling task is cancelled: what is half sent is on the air.
  /// The caller watches the deadline and calls `reset` after it; an outcome that comes later is
  /// ignored.
  ///
  /// - Parameters:
  ///   - frame: The whole on-air frame, 1…255 bytes.
  ///   - sequence: A number that only grows, to tell a late completion from a present one.
  /// - Returns: The outcome.
  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome

  /// Listens: whether the channel is free now.
  ///
  /// - Throws: when the device cannot be asked.
  func channelActivity() async throws(ModemError) -> ChannelActivity

  /// Puts settings in force, now and after every reconnect.
  ///
  /// A device that is away is configured with them when it is back; should it refuse them then, `run`
  /// throws.
  ///
  /// - Throws: when the device refuses them, or is lost before it has taken them.
  func apply(_ settings: ModemSettings) async throws(ModemError)

  /// Brings a device that is suspected stuck back to a known state: aborts, re-initialises.
  ///
  /// - Throws: when the device cannot be brought back now; the driver keeps trying in `run`.
  func reset() async throws(ModemError)
}

extension Modem {
  /// Sends what it is given at once, and nothing else.
  public func timing(with settings: ModemSettings) -> ModemTiming { ModemTiming() }
}

/// Something a modem reports of its own accord.
public enum ModemEvent: Sendable, Hashable {
  /// A frame was heard.
  case received(ReceivedFrame)
  /// The device is there and configured. `device` names it as a person would.
  case connected(device: String)
  /// The device is gone; the driver keeps trying to reach it.
  case disconnected(ModemError)
  /// Damaged receptions, counted since the last report.
  case receptionErrors(Int)
  /// The noise floor in dBm, averaged while nothing was received.
  case noiseFloor(dBm: Int)
  /// Events that found no room because the receiver did not keep up, counted since the last report:
  /// frames that were heard, and others.
  case lost(frames: Int, others: Int)
  /// Something an operator should read, and how urgently: what happened, and what was done.
  case notice(EventLevel, String)
}
