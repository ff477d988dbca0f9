/// A seeded source of test inputs.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// 0…300 bytes, mostly with a header and a path length that make sense.
  mutating func frame() -> [UInt8] {
    var frame = bytes(Int.random(in: 0...300, using: &self))
    if frame.count > 6, Int.random(in: 0..<10, using: &self) > 0 {
      frame = Array(frame.prefix(255))
      frame[0] &= 0x3F
      let offset = frame[0] & 3 == 0 || frame[0] & 3 == 3 ? 5 : 1
      let size = UInt8.random(in: 0...2, using: &self)
      frame[offset] =
        UInt8.random(in: 0...(size == 0 ? 63 : size == 1 ? 32 : 21), using: &self)
        | size << 6
    }
    return frame
  }
}
