/// What a modem is told on opening and whenever its settings change.
public struct ModemSettings: Sendable, Hashable {
  /// Modulation and channel.
  public var lora: LoRaSettings
  /// Transmit power in dBm at the antenna connector.
  public var transmitPowerDBm: Int
  /// How it comes to send, for a modem that listens by itself; nil leaves that to its driver.
  public var access: ChannelAccess?

  /// Makes settings.
  public init(lora: LoRaSettings, transmitPowerDBm: Int, access: ChannelAccess? = nil) {
    self.lora = lora
    self.transmitPowerDBm = transmitPowerDBm
    self.access = access
  }
}
