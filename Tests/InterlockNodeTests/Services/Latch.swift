/// Something that happens once and stays so.
final class Latch: Sendable {
  private let stream: AsyncStream<Never>
  private let input: AsyncStream<Never>.Continuation

  init() { (stream, input) = AsyncStream.makeStream() }

  func open() { input.finish() }

  /// Waits for it, or for the cancellation of the task; one task at a time.
  func wait() async { for await _ in stream {} }
}

/// A place in a scripted part where the test lets it stand until it says so.
final class Gate: Sendable {
  let reached = Latch()
  let opened = Latch()

  func pass() async {
    reached.open()
    await opened.wait()
  }
}
