/// Finds KISS frames in a stream of bytes.
///
/// The result never depends on how the stream was cut into chunks. It is strict: a frame with an
/// invalid escape, or longer than `KISSFrame.maximumBytes`, is discarded whole and counted, and the
/// next delimiter begins anew. Empty frames and whatever comes before the first delimiter are
/// ignored.
///
/// Memory is one buffer of the longest frame; runs of plain bytes are copied as runs.
package struct KISSDecoder: Sendable {
  private enum Phase {
    /// Nothing counts until the next delimiter.
    case outside
    /// Inside a frame; `buffer` holds what came so far.
    case inside
    /// The byte before was an escape.
    case escaped
  }

  private var phase = Phase.outside
  private var buffer: [UInt8] = []

  /// How many frames were discarded since the decoder was made.
  package private(set) var framingErrors = 0

  /// Makes a decoder that waits for the first delimiter.
  package init() {
    buffer.reserveCapacity(KISSFrame.maximumBytes)
  }

  /// Forgets a frame that has only half arrived, as when a link was lost; it is no error.
  package mutating func reset() {
    phase = .outside
    buffer.removeAll(keepingCapacity: true)
  }

  /// Takes the next bytes of the stream and hands over each frame that they complete.
  ///
  /// *Complexity:* O(n); one allocation for each frame, none for each byte.
  package mutating func decode(_ chunk: [UInt8], _ take: (KISSFrame) -> Void) {
    var index = chunk.startIndex
    while index < chunk.endIndex {
      switch phase {
      case .outside:
        guard let delimiter = chunk[index...].firstIndex(of: KISSByte.frameEnd) else { return }
        phase = .inside
        index = delimiter + 1

      case .inside:
        let end =
          chunk[index...].firstIndex { $0 == KISSByte.frameEnd || $0 == KISSByte.escape }
          ?? chunk.endIndex
        guard buffer.count + (end - index) <= KISSFrame.maximumBytes else {
          discard()
          index = end
          continue
        }
        buffer.append(contentsOf: chunk[index..<end])
        guard end < chunk.endIndex else { return }
        if chunk[end] == KISSByte.escape { phase = .escaped } else { finish(take) }
        index = end + 1

      case .escaped:
        let byte: UInt8
        switch chunk[index] {
        case KISSByte.escapedFrameEnd: byte = KISSByte.frameEnd
        case KISSByte.escapedEscape: byte = KISSByte.escape
        default:
          // The byte itself may be the delimiter that ends the damage, so it is looked at again.
          discard()
          continue
        }
        guard buffer.count < KISSFrame.maximumBytes else {
          discard()
          continue
        }
        buffer.append(byte)
        phase = .inside
        index += 1
      }
    }
  }

  private mutating func finish(_ take: (KISSFrame) -> Void) {
    guard let typeByte = buffer.first else { return }
    let frame = KISSFrame(typeByte: typeByte, data: Array(buffer.dropFirst()))
    buffer.removeAll(keepingCapacity: true)
    take(frame)
  }

  private mutating func discard() {
    framingErrors += 1
    reset()
  }
}
