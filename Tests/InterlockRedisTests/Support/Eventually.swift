import Interlock
import Testing

/// Waits until something is so, for a while at most: what a server or another thread does takes as long as it takes.
func eventually(
  _ what: Comment = "it comes true", _ condition: () async throws -> Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let clock = SystemClock()
  let end = clock.now.advanced(by: LocalRedis.patience)
  while try await !condition() {
    try #require(clock.now < end, what, sourceLocation: sourceLocation)
    try await clock.sleep(for: .milliseconds(5))
  }
}

/// What came so far, from whatever thread.
final class Log<Element: Sendable>: Sendable {
  private let elements = Guarded([Element]())

  func append(_ element: Element) { elements.withLock { $0.append(element) } }
  var all: [Element] { elements.withLock { $0 } }
  var count: Int { all.count }
}
