import Foundation
import InterlockModems
import InterlockWire
import Testing

@Suite struct KISSVectorTests {
  struct Vectors: Decodable {
    struct Encode: Decodable, CustomStringConvertible {
      var id: String, port: UInt8, command: UInt8, data: String, frame: String
      var description: String { id }
    }
    struct Frame: Decodable {
      var typeByte: UInt8, port: UInt8, command: UInt8, data: String
    }
    struct Decode: Decodable, CustomStringConvertible {
      var id: String, note: String, stream: String, frames: [Frame], framingErrors: Int
      var description: String { "\(id) \(note)" }
    }
    var encode: [Encode]
    var decode: [Decode]
  }

  static let vectors: Vectors = {
    do {
      let url = try #require(
        Bundle.module.url(forResource: "kiss", withExtension: "json", subdirectory: "Vectors"))
      return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url))
    } catch { fatalError("kiss.json: \(error)") }
  }()

  @Test(arguments: vectors.encode) func `a frame is encoded as the references do`(
    _ vector: Vectors.Encode
  ) throws {
    let frame = KISSFrame(
      port: vector.port, command: vector.command, data: try bytes(vector.data))
    #expect(frame.encoded() == (try bytes(vector.frame)))
  }

  @Test(arguments: vectors.decode)
  func `radio.P11 a stream cut at every byte gives the same frames`(
    _ vector: Vectors.Decode
  ) throws {
    let stream = try bytes(vector.stream)
    let expected = try vector.frames.map {
      KISSFrame(port: $0.port, command: $0.command, data: try bytes($0.data))
    }
    #expect(vector.frames.map(\.typeByte) == expected.map(\.typeByte))

    func check(_ chunks: [[UInt8]], _ cut: String) {
      var decoder = KISSDecoder()
      var frames: [KISSFrame] = []
      for chunk in chunks { decoder.decode(chunk) { frames.append($0) } }
      #expect(frames == expected, "\(cut)")
      #expect(decoder.framingErrors == vector.framingErrors, "\(cut)")
    }
    check([stream], "whole")
    check(stream.map { [$0] }, "byte by byte")
    for cut in 0...stream.count {
      check([Array(stream[..<cut]), Array(stream[cut...])], "cut at \(cut)")
    }
    for size in 2...16 {
      check(
        stride(from: 0, to: stream.count, by: size).map {
          Array(stream[$0..<min($0 + size, stream.count)])
        }, "chunks of \(size)")
    }
  }
}

func bytes(_ hex: String) throws -> [UInt8] {
  try #require(Hex.decode(hex), "\(hex) is no hex")
}
