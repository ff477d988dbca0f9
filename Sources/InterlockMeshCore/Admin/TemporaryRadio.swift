public import Interlock
public import InterlockRadio

/// A modulation that is in force for a while, and the one that comes back after it.
public struct TemporaryRadio: Sendable, Hashable {
  /// The modulation to return to.
  public let original: LoRaSettings
  /// When that is.
  public let until: Instant
}

extension AdministrationMachine {
  /// Takes note that the radio was changed for a while.
  ///
  /// If it was already, the first original is what comes back.
  public mutating func radioChanged(
    from original: LoRaSettings, for time: Duration, at now: Instant
  ) {
    temporaryRadio = TemporaryRadio(
      original: temporaryRadio?.original ?? original, until: now.advanced(by: time))
  }

  /// Takes note that the radio was changed for good: nothing comes back.
  public mutating func radioChangedForGood() { temporaryRadio = nil }

  /// Takes out the modulation to return to, once its time has come.
  public mutating func takeDueRadio(at now: Instant) -> LoRaSettings? {
    guard let temporary = temporaryRadio, temporary.until <= now else { return nil }
    temporaryRadio = nil
    return temporary.original
  }
}
