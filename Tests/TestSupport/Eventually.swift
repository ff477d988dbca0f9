internal import Interlock
package import Testing

/// What a test waits for at most, before it fails.
package let patience = Duration.seconds(25)

/// Waits until something is so, for a while at most: what a server or another thread does takes as long as it takes.
package func eventually(
  _ what: Comment = "it comes true", _ condition: () async throws -> Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let clock = SystemClock()
  let end = clock.now.advanced(by: patience)
  while try await !condition() {
    try #require(clock.now < end, what, sourceLocation: sourceLocation)
    try await clock.sleep(for: .milliseconds(5))
  }
}

/// What came so far, from whatever thread.
package final class Log<Element: Sendable>: Sendable {
  private let elements = Guarded([Element]())

  package init() {}

  package func append(_ element: Element) { elements.withLock { $0.append(element) } }
  package var all: [Element] { elements.withLock { $0 } }
  package var count: Int { all.count }
}
