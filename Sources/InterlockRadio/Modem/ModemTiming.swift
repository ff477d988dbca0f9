/// What a modem does that its settings do not tell: how long it keeps the air, and how long it may
/// take over what it is asked, follow from it.
///
/// The modem says it, because nobody else can know. Under the same settings it stays the same.
public struct ModemTiming: Sendable, Hashable {
  /// How fast a frame is sent.
  public enum Pace: Sendable, Hashable {
    /// As the LoRa settings say.
    case lora
    /// At a fixed speed between the flags of HDLC, as AX.25 modems send without error correction.
    case bitsPerSecond(Int)
  }

  /// How long it may take over one frame, its own waiting included, before it is taken for stuck.
  public var sendDeadline: SendDeadline
  /// How fast it sends.
  public var pace: Pace
  /// What it sends around each frame, such as addresses, in bytes.
  public var wrappingBytes: Int
  /// How long its transmitter is on before and after each frame, in all.
  public var keying: Duration
  /// How many commands it is told, one after the other, when it is re-initialised.
  public var resetCommands: Int
  /// How many when it is given other settings.
  public var applyCommands: Int

  /// Describes a modem; the default is one that sends what it is given at once, and nothing else.
  public init(
    sendDeadline: SendDeadline = .firmware, pace: Pace = .lora, wrappingBytes: Int = 0,
    keying: Duration = .zero, resetCommands: Int = 1, applyCommands: Int = 1
  ) {
    self.sendDeadline = sendDeadline
    self.pace = pace
    self.wrappingBytes = wrappingBytes
    self.keying = keying
    self.resetCommands = resetCommands
    self.applyCommands = applyCommands
  }

  /// How long the modem occupies the air to send a frame of `bytes` bytes; never less than it does.
  public func airtime(ofBytes bytes: Int, with settings: LoRaSettings) -> Duration {
    keying + frameAirtime(ofBytes: bytes, with: settings)
  }

  /// The same without the keying, which differs from one sender to the next: what is known of a frame
  /// that was heard.
  func frameAirtime(ofBytes bytes: Int, with settings: LoRaSettings) -> Duration {
    let bytes = bytes + wrappingBytes
    switch pace {
    case .lora:
      return settings.airtime(ofBytes: bytes)
    case .bitsPerSecond(let speed):
      precondition(speed > 0, "a modem does not send at \(speed) bit/s")
      return .microseconds((Self.mostHDLCBits(ofBytes: bytes) * 1_000_000 + speed - 1) / speed)
    }
  }

  /// The bits of a frame on the air at most: how many are stuffed depends on what it says.
  ///
  /// *Source:* AX.25 Link Access Protocol 2.2, section 3: a flag of eight bits before and after, a
  /// check sequence of sixteen, and a zero after every five ones between the flags.
  private static func mostHDLCBits(ofBytes bytes: Int) -> Int {
    let between = 8 * bytes + 16
    return 8 + between + between / 5 + 8
  }
}
