internal import InterlockRedis

extension FuzzTarget {
  /// Redis: values, greetings and messages do not depend on how the stream was cut, and what is wrong stays wrong.
  static let redis = FuzzTarget(name: "redis") { bytes in
    // The first byte says where to cut.
    let step = Int(bytes.first ?? 0) % 16 + 1
    let stream = Array(bytes.dropFirst())
    let whole = read(stream, every: max(1, stream.count))
    let cut = read(stream, every: step)
    precondition(
      whole.values == cut.values, "cut every \(step) bytes, the stream says other things")
    precondition(whole.failure == cut.failure, "cut every \(step) bytes, it fails otherwise")
    for value in whole.values { RedisLockReading.readAll(value) }
    RedisLockReading.readAll(.text(stream))
  }

  private static func read(
    _ stream: [UInt8], every step: Int
  ) -> (values: [RedisValue], failure: RedisProtocolError?) {
    var limits = RedisParser.Limits()
    (limits.line, limits.text, limits.elements, limits.depth) = (64, 256, 64, 4)
    var parser = RedisParser(limits: limits)
    var values: [RedisValue] = []
    do throws(RedisProtocolError) {
      for start in stride(from: 0, to: stream.count, by: step) {
        parser.feed(stream[start..<min(start + step, stream.count)])
        while let value = try parser.next() { values.append(value) }
      }
      return (values, nil)
    } catch {
      do throws(RedisProtocolError) {
        parser.feed([UInt8(ascii: "+"), 13, 10])
        _ = try parser.next()
        preconditionFailure("after \(error) it goes on")
      } catch let again {
        precondition(again == error, "it says \(again) after \(error)")
      }
      return (values, error)
    }
  }
}
