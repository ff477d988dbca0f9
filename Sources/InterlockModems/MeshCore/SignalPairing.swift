internal import Interlock
internal import InterlockRadio

/// Brings received frames together with the signal values the modem sends after them.
///
/// Frames leave in the order they came. A frame whose values do not come within `patience`, or that
/// more than `capacity` others wait behind, leaves without them: traps of the reference were frames
/// that waited for ever, and values of before a reconnect on frames of after it.
struct SignalPairing: Sendable {
  /// How long a frame waits for its values.
  let patience: Duration
  /// The most frames that wait.
  static let capacity = 64

  private var waiting: [ReceivedFrame] = []

  init(patience: Duration) { self.patience = patience }

  /// When the oldest frame has waited long enough; nil when none waits.
  var deadline: Instant? { waiting.first?.receivedAt.advanced(by: patience) }

  /// Takes a frame.
  ///
  /// - Returns: the oldest one when there are too many.
  mutating func frame(_ bytes: [UInt8], at now: Instant) -> ReceivedFrame? {
    waiting.append(
      ReceivedFrame(bytes: bytes, snrQuarterDB: nil, rssiDBm: nil, receivedAt: now))
    return waiting.count > Self.capacity ? waiting.removeFirst() : nil
  }

  /// Takes signal values: they belong to the frame that waits longest.
  ///
  /// - Returns: that frame, or nil when none waits.
  mutating func values(snrQuarterDB: Int8, rssiDBm: Int8) -> ReceivedFrame? {
    guard !waiting.isEmpty else { return nil }
    var frame = waiting.removeFirst()
    frame.snrQuarterDB = Int(snrQuarterDB)
    frame.rssiDBm = Int(rssiDBm)
    return frame
  }

  /// Takes the time.
  ///
  /// - Returns: the frames that have waited long enough, oldest first.
  mutating func expire(at now: Instant) -> [ReceivedFrame] {
    let count =
      waiting.firstIndex { $0.receivedAt.advanced(by: patience) > now } ?? waiting.count
    defer { waiting.removeFirst(count) }
    return Array(waiting.prefix(count))
  }

  /// Forgets frames whose values can no longer come.
  mutating func removeAll() { waiting.removeAll(keepingCapacity: true) }
}
