internal import Interlock
internal import InterlockRadio

extension MeshWorld: AirWorld {
  mutating func tune(_ radio: RadioID, to settings: ModemSettings, at instant: Instant) {
    advance(to: instant)
    tune(radio, to: settings)
  }

  mutating func transmit(
    _ frame: [UInt8], from radio: RadioID, at instant: Instant
  ) -> TransmitStart {
    advance(to: instant)
    return transmit(frame, from: radio)
  }

  mutating func activity(at radio: RadioID, _ instant: Instant) -> ChannelActivity {
    advance(to: instant)
    return activity(at: radio)
  }

  mutating func nextEvent() -> AirEvent? { nextOutsideEvent() }

  func radio(_ id: RadioID) -> Radio { medium.air.radio(id) }
}
