internal import InterlockRadio

extension AdminSettingName {
  /// The most bytes of a node's name.
  static let maximumNameBytes = 31
  /// The most bytes of what is told about the owner.
  static let maximumOwnerBytes = 119

  /// The setting that gives this name a value.
  ///
  /// - Throws: The values that are allowed.
  func setting(_ value: String) throws(AdminCommandError) -> AdminSetting {
    switch self {
    case .name:
      guard (1...Self.maximumNameBytes).contains(value.utf8.count) else {
        throw range("1…\(Self.maximumNameBytes) bytes long, not \(value.utf8.count)")
      }
      return .name(value)
    case .latitude: return .latitudeE6(try degrees(value, 90))
    case .longitude: return .longitudeE6(try degrees(value, 180))
    case .ownerInfo:
      guard value.utf8.count <= Self.maximumOwnerBytes else {
        throw range("at most \(Self.maximumOwnerBytes) bytes long, not \(value.utf8.count)")
      }
      return .ownerInfo(String(value.map { $0 == "|" ? "\n" : $0 }))
    case .isRepeating: return .isRepeating(try onOff(value))
    case .frequency: return .frequencyHz(try RadioParameters.frequency(value))
    case .radio: return .radio(try RadioParameters.parse(value.split(separator: ",")))
    case .transmitPower: return .transmitPowerDBm(try integer(value, -9...30, "dBm"))
    case .airtimeFactor: return .dutyCyclePercent(100 / (try number(value, 0...9) + 1))
    case .dutyCycle: return .dutyCyclePercent(try number(value, 1...100))
    case .receptionDelay: return .receptionDelay(try number(value, 0...20))
    case .floodDelay: return .floodDelay(try number(value, 0...2))
    case .directDelay: return .directDelay(try number(value, 0...2))
    case .floodHops: return .floodHops(try integer(value, 0...64, "hops"))
    case .unscopedFloodHops: return .unscopedFloodHops(try integer(value, 0...64, "hops"))
    case .advertHops: return .advertHops(try integer(value, 0...64, "hops"))
    case .loopDetection:
      guard let detection = LoopDetection(rawValue: value) else {
        throw range(LoopDetection.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return .loopDetection(detection)
    case .pathHashMode: return .ownHashSize(try integer(value, 0...2) + 1)
    case .multipleAcknowledgements:
      return .multipleAcknowledgements(try integer(value, 0...1) == 1)
    case .advertInterval:
      return .advertMinutes(value == "0" ? 0 : try integer(value, 60...240, "minutes, or 0"))
    case .floodAdvertInterval:
      return .floodAdvertHours(value == "0" ? 0 : try integer(value, 3...168, "hours, or 0"))
    case .guestPassword:
      guard value.isEmpty || AdminPassword(value) != nil else {
        throw range("at most \(AdminPassword.maximumBytes) bytes long, not \(value.utf8.count)")
      }
      return .guestPassword(value)
    case .publicKey, .role: throw AdminCommandError("Error: \(rawValue) cannot be set")
    }
  }

  private func range(_ allowed: String) -> AdminCommandError { .range(rawValue, allowed) }

  private func number(_ text: String, _ allowed: ClosedRange<Double>) throws(AdminCommandError)
    -> Double
  {
    guard let value = Double(text), allowed.contains(value) else {
      throw range("\(PlainNumber(allowed.lowerBound))…\(PlainNumber(allowed.upperBound))")
    }
    return value
  }

  private func integer(_ text: String, _ allowed: ClosedRange<Int>, _ unit: String = "")
    throws(AdminCommandError) -> Int
  {
    guard let value = Int(text), allowed.contains(value) else {
      throw range("\(allowed.lowerBound)…\(allowed.upperBound)" + (unit.isEmpty ? "" : " " + unit))
    }
    return value
  }

  private func degrees(_ text: String, _ limit: Double) throws(AdminCommandError) -> Int32 {
    Int32((try number(text, -limit...limit) * 1_000_000).rounded())
  }

  private func onOff(_ text: String) throws(AdminCommandError) -> Bool {
    switch text {
    case "on": return true
    case "off": return false
    default: throw range("on or off")
    }
  }
}

/// A number without decimals where it has none.
struct PlainNumber: CustomStringConvertible {
  let description: String

  init(_ value: Double) {
    description = Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
