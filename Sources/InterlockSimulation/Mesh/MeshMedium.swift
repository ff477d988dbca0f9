internal import Interlock
internal import InterlockRadio

/// The air of a simulated mesh, with a record of all that was on it.
struct MeshMedium: Sendable {
  var air: AirMachine
  private(set) var digest = TraceDigest()
  /// Every transmission of every node, for the oracles.
  private(set) var transmissions: [[AirInterval]]

  init(_ air: AirMachine) {
    self.air = air
    transmissions = Array(repeating: [], count: air.radios.count)
  }

  /// Puts a node's frame on the air; tells its number, or nil if the radio already sends.
  mutating func transmit(_ frame: [UInt8], from radio: RadioID, at now: Instant) -> UInt64? {
    guard case .onAir(let number, let until) = air.transmit(frame, from: radio, at: now) else {
      return nil
    }
    transmissions[radio.index].append(AirInterval(start: now, end: until))
    digest.add(radio.index)
    digest.add(now.nanoseconds)
    digest.add(frame)
    return number
  }

  /// Takes note of a reception.
  mutating func note(receptionBy radio: RadioID, from sender: RadioID, at now: Instant) {
    digest.add(sender.index)
    digest.add(radio.index)
    digest.add(now.nanoseconds)
  }
}
