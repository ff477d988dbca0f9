import Foundation
import Interlock
import InterlockLocks
import InterlockWire
import Testing

@Suite struct NameTests {
  struct Vectors: Decodable {
    struct Accepted: Decodable {
      let name: String
      let nfcUtf8Hex: String?
      let bytes: Int
      let key: String
      let file: String
    }
    struct Refused: Decodable {
      let name: String
      let why: String
    }
    let accepted: [Accepted]
    let refused: [Refused]
    let sameLock: [[String]]
    let differentLocks: [[String]]
  }

  let vectors: Vectors

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "names", withExtension: "json", subdirectory: "Vectors"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    vectors = try decoder.decode(Vectors.self, from: Data(contentsOf: url))
  }

  @Test func `locks.N1 accepted names are written as the vectors say`() throws {
    #expect(vectors.accepted.count > 30)
    for vector in vectors.accepted {
      let name = try LockName(vector.name)
      #expect(name.text.utf8.count == vector.bytes)
      #expect(name.key == vector.key)
      #expect(name.file == vector.file)
      if let hex = vector.nfcUtf8Hex { #expect(Hex.encode(name.text.utf8) == hex) }
    }
  }

  @Test func `locks.N1 refused names say what is wrong`() throws {
    #expect(vectors.refused.count > 2)
    for vector in vectors.refused {
      let error = #expect(throws: LockError.self) { try LockName(vector.name) }
      let text = "\(try #require(error))"
      #expect(text.contains("is no name of a lock"), "\(vector.why): \(text)")
      #expect(text.utf8.count < 300, "a long name is cut in its error: \(text)")
    }
    let error = #expect(throws: LockError.self) {
      try LockName(String(repeating: "x", count: 10_000))
    }
    #expect("\(try #require(error))".contains("it has 10000 bytes; 512 are the most"))
  }

  @Test func `locks.N1 spellings of one name are one, and others are others`() throws {
    for pair in vectors.sameLock {
      let names = Set(try pair.map { try LockName($0) })
      #expect(names.count == 1, "\(pair)")
    }
    for pair in vectors.differentLocks {
      #expect(Set(try pair.map { try LockName($0) }).count == pair.count, "\(pair)")
      #expect(Set(try pair.map { try LockName($0).key }).count == pair.count, "\(pair)")
      #expect(Set(try pair.map { try LockName($0).file }).count == pair.count, "\(pair)")
    }
    let composed = try LockName(verbatim: "\u{e9}")
    #expect(try LockName(verbatim: "e\u{301}") != composed)
  }

  @Test func `locks.N2 a written name has nothing that leads out of its place`() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let key = NameEncoding.key(bytes)
      let file = NameEncoding.file(bytes)
      #expect(file.utf8.allSatisfy { $0 != UInt8(ascii: "/") } && !file.hasPrefix("."), "\(bytes)")
      #expect(key.utf8.allSatisfy { !"{}*?[]\\: \n~".utf8.contains($0) }, "\(bytes)")
      #expect(
        key.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
          $0 != "." && $0 != ".."
        }, "\(bytes)")
      #expect(NameEncoding.name(ofEncoded: key) == bytes)
      #expect(NameEncoding.name(ofEncoded: file) == bytes)
    }
  }

  @Test func `locks.R10 a prefix ends at a slash`() throws {
    let run: LockName = "run-7"
    #expect(LockName("run-7").isBelow(run))
    #expect(LockName("run-7/x").isBelow(run))
    #expect(!LockName("run-70").isBelow(run))
    #expect(!LockName("run-7x").isBelow(run))
    #expect(!LockName("run").isBelow(run))
    #expect(LockName("run-7/x").isBelow("run-7/"))
  }

  @Test func `a name cannot disturb the line it is printed on`() throws {
    #expect("\(LockName("a\u{1b}[31m\nb"))" == "a\\u{1B}[31m\\nb")
  }
}
