import Foundation
import Interlock
import Testing

/// A file of reference cases, as plain dictionaries.
enum VectorFile {
  static func cases(_ name: String, list: String = "cases") throws -> [[String: Any]] {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    return try #require((root as? [String: Any])?[list] as? [[String: Any]])
  }
}

extension [String: Any] {
  func number(_ name: String) throws -> Double {
    try #require((self[name] as? NSNumber)?.doubleValue, "\(name) is a number")
  }

  func integer(_ name: String) throws -> Int {
    try #require((self[name] as? NSNumber)?.intValue, "\(name) is a whole number")
  }

  func flag(_ name: String) throws -> Bool {
    let value = try #require(self[name] as? NSNumber, "\(name) is true or false")
    return value.boolValue
  }

  func list(_ name: String) throws -> [[String: Any]] {
    try #require(self[name] as? [[String: Any]], "\(name) is a list of objects")
  }
}

/// The instant that many seconds after the origin, to the nanosecond.
func at(_ seconds: Double) -> Instant {
  Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
}
