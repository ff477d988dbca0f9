import Foundation
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
