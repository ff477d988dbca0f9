internal import InterlockSystem
package import InterlockWire

/// The node's door for other programs of its user: a socket that takes one JSON object a line and
/// answers with one.
///
/// A request is `{"command":"stats"}`; an answer has `"ok"` and, if that is false, `"error"`. Only
/// the user the node runs as can open the socket.
package final class ControlServer: Sendable {
  /// Connections at once; more wait.
  static let maximumConnections = 8
  /// The longest request, in bytes.
  static let maximumRequestBytes = 64 * 1024

  private let listener: SocketListener

  /// Takes the socket.
  ///
  /// - Throws: `NodeError` when another node has it, or this user cannot make it.
  package init(path: String) throws(NodeError) {
    do throws(SystemError) {
      listener = try SocketListener(path: path)
    } catch {
      throw NodeError(
        error, or: .failed,
        "another node may be running on the same directory; stop it, or give this one another "
          + "storage.directory")
    }
  }

  /// Gives the socket up.
  package func close() { listener.close() }

  /// Answers until the task is cancelled.
  ///
  /// - Parameter answer: What a request gets; it may wait, and others are answered meanwhile.
  /// - Throws: `CancellationError`; `SystemError` when the listener broke.
  package func run(
    _ answer: @escaping @Sendable (JSONValue) async -> JSONValue
  ) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      // The listener itself limits who may connect; this limits how many tasks that makes.
      let free = ConnectionLimit(Self.maximumConnections)
      while true {
        await free.take()
        let stream = try await listener.accept()
        group.addTask {
          await Self.serve(stream, answer)
          await free.give()
        }
      }
    }
  }

  private static func serve(
    _ stream: ByteStream, _ answer: @Sendable (JSONValue) async -> JSONValue
  ) async {
    defer { stream.close() }
    var lines = LineReader(stream, maximumBytes: maximumRequestBytes)
    // A client that breaks the line off, or leaves, ends only its own connection.
    while let line = try? await lines.next() {
      let reply: JSONValue
      do throws(JSONError) {
        reply = await answer(
          try JSONValue(parsing: line, limits: JSONLimits(bytes: maximumRequestBytes, depth: 8)))
      } catch {
        reply = ControlAnswer.failure("the request is no JSON object: \(error)")
      }
      guard (try? await stream.write(Array((reply.serialized() + "\n").utf8))) != nil else {
        return
      }
    }
  }
}

/// How many connections are being served.
private actor ConnectionLimit {
  private var free: Int
  private var waiter: CheckedContinuation<Void, Never>?

  init(_ count: Int) { free = count }

  /// Waits for a place; only one task ever waits.
  func take() async {
    guard free == 0 else { return free -= 1 }
    await withCheckedContinuation { waiter = $0 }
  }

  func give() {
    guard let waiter else { return free += 1 }
    self.waiter = nil
    waiter.resume()
  }
}
