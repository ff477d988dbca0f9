public import InterlockRadio

/// A setting with a valid value, as the remote administration changes it.
public enum AdminSetting: Sendable, Hashable {
  /// The node's name.
  case name(String)
  /// Degrees north × 1 000 000.
  case latitudeE6(Int32)
  /// Degrees east × 1 000 000.
  case longitudeE6(Int32)
  /// Who runs the node; may have several lines.
  case ownerInfo(String)
  /// Whether anything is relayed.
  case isRepeating(Bool)
  /// Centre frequency.
  case frequencyHz(UInt32)
  /// The whole modulation.
  case radio(LoRaSettings)
  /// Transmit power.
  case transmitPowerDBm(Int)
  /// The part of the time that may be spent sending, in percent.
  case dutyCyclePercent(Double)
  /// How much longer weakly heard floods are held back.
  case receptionDelay(Double)
  /// The window of relayed floods.
  case floodDelay(Double)
  /// The window of relayed direct packets.
  case directDelay(Double)
  /// Hops of a flood that is still relayed.
  case floodHops(Int)
  /// The same, bound to no region.
  case unscopedFloodHops(Int)
  /// The same for adverts.
  case advertHops(Int)
  /// How loops are found.
  case loopDetection(LoopDetection)
  /// Bytes that name a hop in this node's own floods, 1…3.
  case ownHashSize(Int)
  /// Whether relayed acknowledgements are sent twice.
  case multipleAcknowledgements(Bool)
  /// Minutes between adverts to neighbours; 0 for none.
  case advertMinutes(Int)
  /// Hours between adverts to the mesh; 0 for none.
  case floodAdvertHours(Int)
  /// The password of guests; empty for none.
  case guestPassword(String)

  /// Changes what a repeater decides by; what is not in there is left to the host.
  package func apply(to configuration: inout RepeaterConfiguration, _ profile: inout AdvertProfile)
  {
    switch self {
    case .name(let name): profile.name = name
    case .latitudeE6(let value):
      profile.location = AdvertData.Location(
        latitudeE6: value, longitudeE6: profile.location?.longitudeE6 ?? 0)
    case .longitudeE6(let value):
      profile.location = AdvertData.Location(
        latitudeE6: profile.location?.latitudeE6 ?? 0, longitudeE6: value)
    case .isRepeating(let isOn): configuration.mode = isOn ? .forward : .monitor
    case .receptionDelay(let base): configuration.delays.receptionBase = base
    case .floodDelay(let factor): configuration.delays.floodFactor = factor
    case .directDelay(let factor): configuration.delays.directFactor = factor
    case .floodHops(let hops): configuration.maximumFloodHops = hops
    case .unscopedFloodHops(let hops): configuration.maximumUnscopedFloodHops = hops
    case .advertHops(let hops): configuration.maximumAdvertHops = hops
    case .loopDetection(let detection): configuration.loopDetection = detection
    case .ownHashSize(let size): configuration.ownHashSize = size
    case .multipleAcknowledgements(let isOn): configuration.sendsAcknowledgementsTwice = isOn
    case .advertMinutes(let minutes):
      profile.zeroHopInterval = minutes == 0 ? nil : .seconds(60 * minutes)
    case .floodAdvertHours(let hours):
      profile.floodInterval = hours == 0 ? nil : .seconds(3600 * hours)
    case .ownerInfo, .frequencyHz, .radio, .transmitPowerDBm, .dutyCyclePercent, .guestPassword:
      break
    }
  }
}
