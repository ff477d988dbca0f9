import Interlock
import InterlockModems
import Testing

@Suite struct KISSDecoderTests {
  @Test func `the longest frame passes and one byte more is discarded whole`() {
    for (length, isTaken) in [(511, true), (512, false)] {
      for filler: UInt8 in [0x55, 0xC0, 0xDB] {
        var decoder = KISSDecoder()
        var frames: [KISSFrame] = []
        let frame = KISSFrame(command: 0, data: Array(repeating: filler, count: length))
        let next = KISSFrame(command: 0, data: [1])
        decoder.decode(frame.encoded() + next.encoded()) { frames.append($0) }
        #expect(frames == (isTaken ? [frame, next] : [next]))
        #expect(decoder.framingErrors == (isTaken ? 0 : 1))
      }
    }
  }

  @Test func `an escape right before the delimiter loses that frame and no other`() {
    var decoder = KISSDecoder()
    var frames: [KISSFrame] = []
    decoder.decode([0xC0, 0, 1, 0xDB, 0xC0, 0, 2, 0xC0]) { frames.append($0) }
    #expect(frames == [KISSFrame(command: 0, data: [2])])
    #expect(decoder.framingErrors == 1)
  }

  @Test func `a reset forgets the half of a frame and waits for a delimiter`() {
    var decoder = KISSDecoder()
    var frames: [KISSFrame] = []
    decoder.decode([0xC0, 0, 1, 2]) { frames.append($0) }
    decoder.reset()
    decoder.decode([3, 4, 0xC0, 0, 9, 0xC0]) { frames.append($0) }
    #expect(frames == [KISSFrame(command: 0, data: [9])])
    #expect(decoder.framingErrors == 0)
  }

  @Test func `what is encoded decodes to itself, whatever the bytes and the cuts`() {
    for seed: UInt64 in 0..<200 {
      var random = SeededGenerator(seed: seed)
      // Half of the bytes are those with a meaning.
      func byte() -> UInt8 {
        random.next() % 2 == 0
          ? [0xC0, 0xDB, 0xDC, 0xDD][Int(random.next() % 4)]
          : UInt8(truncatingIfNeeded: random.next())
      }
      let frames = (0..<20).map { _ in
        KISSFrame(typeByte: byte(), data: (0..<Int(random.next() % 60)).map { _ in byte() })
      }
      var stream = frames.flatMap { $0.encoded() }
      var decoder = KISSDecoder()
      var decoded: [KISSFrame] = []
      while !stream.isEmpty {
        let count = min(stream.count, Int(random.next() % 9) + 1)
        decoder.decode(Array(stream.prefix(count))) { decoded.append($0) }
        stream.removeFirst(count)
      }
      #expect(decoded == frames, "seed \(seed)")
      #expect(decoder.framingErrors == 0, "seed \(seed)")
    }
  }

  @Test func `garbage gives the same result however it is cut, and never a frame too long`() {
    for seed: UInt64 in 0..<300 {
      var random = SeededGenerator(seed: seed)
      let stream: [UInt8] = (0..<2000).map { _ in
        switch random.next() % 12 {
        case 0: 0xC0
        case 1: 0xDB
        case 2: 0xDC
        case 3: 0xDD
        default: UInt8(truncatingIfNeeded: random.next() % 3)
        }
      }
      var whole = KISSDecoder()
      var frames: [KISSFrame] = []
      whole.decode(stream) { frames.append($0) }
      var bytewise = KISSDecoder()
      var others: [KISSFrame] = []
      for byte in stream { bytewise.decode([byte]) { others.append($0) } }
      #expect(frames == others, "seed \(seed)")
      #expect(whole.framingErrors == bytewise.framingErrors, "seed \(seed)")
      #expect(frames.allSatisfy { $0.data.count < KISSFrame.maximumBytes }, "seed \(seed)")
    }
  }
}
