internal import Glibc
internal import Interlock
internal import InterlockSystem

/// Cuts what a stream brings into lines.
struct LineReader {
  private static let chunkBytes = 4096

  private let stream: ByteStream
  private let maximumBytes: Int
  private var pending: [UInt8] = []

  init(_ stream: ByteStream, maximumBytes: Int) {
    self.stream = stream
    self.maximumBytes = maximumBytes
  }

  /// The next line without its end; nil at the end of the stream.
  ///
  /// - Throws: `SystemError` when a line is too long or the stream broke; `CancellationError`.
  mutating func next() async throws -> [UInt8]? {
    var searched = 0
    while true {
      if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending.removeSubrange(...end) }
        return Array(pending[..<end])
      }
      searched = pending.count
      guard searched <= maximumBytes else {
        throw SystemError("read a line from", stream.name, number: EMSGSIZE)
      }
      let chunk = try await stream.read(upTo: Self.chunkBytes)
      guard !chunk.isEmpty else { return nil }
      pending += chunk
    }
  }

  /// Takes in what comes until the stream ends or the task is cancelled, or until it holds a line's
  /// worth.
  ///
  /// *Cancellation:* returns at once; what it took in is there for `next()`.
  ///
  /// - Returns: whether the stream ended.
  mutating func readAhead() async -> Bool {
    while pending.count <= maximumBytes {
      do {
        let chunk = try await stream.read(upTo: Self.chunkBytes)
        guard !chunk.isEmpty else { return true }
        pending += chunk
      } catch {
        // A stream that broke has ended too.
        return !(error is CancellationError)
      }
    }
    return false
  }

  /// The next line, if it is there in time; a reader that gave up is good for nothing more.
  ///
  /// - Throws: as `next()`; `SystemError` with `ETIMEDOUT` when it is not.
  mutating func next(
    within limit: Duration, clock: any MonotonicClock
  ) async throws -> [UInt8]? {
    let reader = self
    let result = try await withDeadline(clock.now.advanced(by: limit), clock: clock) {
      var reader = reader
      let line = try await reader.next()
      return (reader: reader, line: line)
    }
    guard let result else {
      throw SystemError("read a line from", stream.name, number: ETIMEDOUT)
    }
    self = result.reader
    return result.line
  }
}
