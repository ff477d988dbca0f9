import Foundation
import InterlockCommandLine
import InterlockWire
import Testing

@testable import InterlockCLI

/// The published vectors of the mesh protocol.
enum VectorFolder {
  static var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: root().path).sorted() }
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: root().appendingPathComponent(name)))
  }

  /// Every vector file with its checker.
  static func files() throws -> [(name: String, checker: ConformanceChecker, root: JSONValue)] {
    try names.filter { $0.hasSuffix(".json") }.compactMap { name in
      let root = try JSONValue(parsing: bytes(name))
      let checker = ConformanceSuite.meshcore.checkers.first { $0.schema == root["schema"]?.string }
      return checker.map { (name, $0, root) }
    }
  }

  static func root() throws -> URL {
    try #require(
      Bundle.module.url(forResource: "meshcore", withExtension: nil, subdirectory: "Vectors"))
  }
}
