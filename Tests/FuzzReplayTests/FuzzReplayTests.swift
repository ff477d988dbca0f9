import Foundation
import InterlockFuzzTargets
import Testing

/// Inputs that once mattered, given to each target as the fuzzer gives them: a trap fails the run.
@Suite struct FuzzReplayTests {
  static let corpus = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fuzz/Corpus")

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `radio.P2 every input of the corpus is taken or refused, never a trap`(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.corpus.appending(path: name), includingPropertiesForKeys: nil)
    #expect(files.count >= 5)
    for file in files { target.run(Array(try Data(contentsOf: file))) }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `radio.P2 each input of the corpus may be cut anywhere or have any byte altered`(
    name: String
  ) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.corpus.appending(path: name), includingPropertiesForKeys: nil)
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      for index in bytes.indices {
        target.run(Array(bytes[..<index]))
        for mask in [UInt8(0x01), 0x80, 0xFF] {
          var altered = bytes
          altered[index] ^= mask
          target.run(altered)
        }
      }
    }
  }

  @Test func `every folder of the corpus belongs to a target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path())
    #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
  }
}
