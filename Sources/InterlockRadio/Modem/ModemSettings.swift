/// What a modem is told on opening and whenever its settings change.
public struct ModemSettings: Sendable, Hashable {
  /// Modulation and channel.
  public var lora: LoRaSettings
  /// Transmit power in dBm at the antenna connector.
  public var transmitPowerDBm: Int

  /// Makes settings.
  public init(lora: LoRaSettings, transmitPowerDBm: Int) {
    self.lora = lora
    self.transmitPowerDBm = transmitPowerDBm
  }
}
