/// What a repeater does with its transmitter.
public enum RepeaterMode: String, Sendable, Hashable, CaseIterable {
  /// Passes packets on and sends its own.
  case forward
  /// Passes nothing on, sends its own.
  case monitor
  /// Sends nothing at all.
  case noTransmit = "no_tx"
}
