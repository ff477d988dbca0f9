internal import Glibc
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
}
