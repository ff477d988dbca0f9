package import Interlock
package import InterlockRadio

/// A world a `LiveAir` lets time pass in: bare air, or air with simulated neighbours.
package protocol AirWorld: Sendable {
  /// When something happens next; nil when all is silent.
  var nextInstant: Instant? { get }
  /// Adds a radio whose owner is outside this world.
  ///
  /// If it relays what it hears, `hop` is how paths name it.
  mutating func add(_ radio: Radio, relaysAs hop: UInt8?) -> RadioID
  /// Retunes such a radio.
  mutating func tune(_ radio: RadioID, to settings: ModemSettings, at instant: Instant)
  /// Puts a frame of such a radio on the air.
  mutating func transmit(_ frame: [UInt8], from radio: RadioID, at instant: Instant)
    -> TransmitStart
  /// What such a radio hears when it listens.
  mutating func activity(at radio: RadioID, _ instant: Instant) -> ChannelActivity
  /// Lets time pass.
  mutating func advance(to instant: Instant)
  /// Takes the next of what happened so far.
  mutating func nextEvent() -> AirEvent?
  /// Takes what those who live in this world did, to be shown.
  mutating func takeHappenings() -> [MeshHappening]
  /// A radio and where it is tuned.
  func radio(_ id: RadioID) -> Radio
}

extension AirMachine: AirWorld {
  package mutating func add(_ radio: Radio, relaysAs hop: UInt8?) -> RadioID { add(radio) }

  package mutating func takeHappenings() -> [MeshHappening] { [] }

  package func radio(_ id: RadioID) -> Radio { radios[id.index] }
}
