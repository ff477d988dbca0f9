/// The settings by the names that clients of the remote administration use.
public enum AdminSettingName: String, Sendable, Hashable, CaseIterable {
  case name
  case latitude = "lat"
  case longitude = "lon"
  case ownerInfo = "owner.info"
  case isRepeating = "repeat"
  case frequency = "freq"
  case radio
  case transmitPower = "tx"
  case airtimeFactor = "af"
  case dutyCycle = "dutycycle"
  case receptionDelay = "rxdelay"
  case floodDelay = "txdelay"
  case directDelay = "direct.txdelay"
  case floodHops = "flood.max"
  case unscopedFloodHops = "flood.max.unscoped"
  case advertHops = "flood.max.advert"
  case loopDetection = "loop.detect"
  case pathHashMode = "path.hash.mode"
  case multipleAcknowledgements = "multi.acks"
  case advertInterval = "advert.interval"
  case floodAdvertInterval = "flood.advert.interval"
  case guestPassword = "guest.password"
  case publicKey = "public.key"
  case role
}
