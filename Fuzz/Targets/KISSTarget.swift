internal import InterlockModems

extension FuzzTarget {
  /// KISS: the frames found do not depend on how the stream was cut.
  static let kiss = FuzzTarget(name: "kiss") { bytes in
    var whole = KISSDecoder()
    var frames: [KISSFrame] = []
    whole.decode(bytes) { frames.append($0) }
    var cut = KISSDecoder()
    var pieces: [KISSFrame] = []
    // The first byte says where to cut.
    let step = Int(bytes.first ?? 0) % 16 + 1
    for start in stride(from: 0, to: bytes.count, by: step) {
      cut.decode(Array(bytes[start..<min(start + step, bytes.count)])) { pieces.append($0) }
    }
    precondition(frames == pieces, "cut every \(step) bytes, the stream gives other frames")
    precondition(whole.framingErrors == cut.framingErrors, "errors are counted otherwise")
  }
}
