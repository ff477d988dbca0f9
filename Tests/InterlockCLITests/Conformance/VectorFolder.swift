import Foundation
import InterlockCommandLine
import InterlockWire
import Testing

@testable import InterlockCLI

/// The published vectors: of the mesh protocol, unless another folder is named.
enum VectorFolder {
  static var names: [String] {
    get throws { try names(of: "meshcore") }
  }

  static func names(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root(of: folder).path).sorted()
  }

  static func bytes(_ name: String, of folder: String = "meshcore") throws -> [UInt8] {
    try Array(Data(contentsOf: root(of: folder).appendingPathComponent(name)))
  }

  /// Every vector file with its checker.
  static func files() throws -> [(name: String, checker: ConformanceChecker, root: JSONValue)] {
    try names.filter { $0.hasSuffix(".json") }.compactMap { name in
      let root = try JSONValue(parsing: bytes(name))
      let checker = ConformanceSuite.meshcore.checkers.first { $0.schema == root["schema"]?.string }
      return checker.map { (name, $0, root) }
    }
  }

  static func root(of folder: String = "meshcore") throws -> URL {
    try #require(
      Bundle.module.url(forResource: folder, withExtension: nil, subdirectory: "Vectors"))
  }
}
