public import Interlock
public import InterlockRadio

/// What a simulated modem does wrong, and when: for trying what stands on it.
public struct ModemFaults: Sendable, Hashable {
  /// How a transmission goes wrong.
  public enum Transmission: Sendable, Hashable {
    /// Not at all.
    case none
    /// The modem refuses it; nothing goes on the air.
    case refused(ModemError)
    /// The modem never answers, until it is reset; the frame was sent or was not.
    case hangs(onAir: Bool)
    /// It is sent, and confirmed that much after its end.
    case late(Duration)
    /// It is sent, but the modem will not confirm it.
    case unconfirmed
    /// The link breaks as it starts, and comes back after that time.
    case linkLost(for: Duration)
  }

  /// How listening goes wrong.
  public enum Listening: Sendable, Hashable {
    /// Not at all.
    case none
    /// The modem always says that the channel is taken.
    case busyForEver
    /// The modem takes noise for a preamble at that instant, and no header follows.
    case falsePreamble(at: Instant)
    /// The modem decodes a header at that instant, and no packet follows.
    case falseHeader(at: Instant)
    /// The modem cannot be asked.
    case fails(ModemError)
  }

  /// The fault of the n-th transmission, counted from 0.
  public var transmissions: [Int: Transmission]
  /// The fault of all others.
  public var otherTransmissions: Transmission
  /// The fault in listening.
  public var listening: Listening

  /// Makes a plan; without arguments nothing goes wrong.
  public init(
    transmissions: [Int: Transmission] = [:], otherTransmissions: Transmission = .none,
    listening: Listening = .none
  ) {
    self.transmissions = transmissions
    self.otherTransmissions = otherTransmissions
    self.listening = listening
  }

  /// The fault of the n-th transmission, counted from 0.
  func fault(ofTransmission number: Int) -> Transmission {
    transmissions[number] ?? otherTransmissions
  }
}
