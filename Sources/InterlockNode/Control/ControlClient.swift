package import Interlock
internal import InterlockSystem
package import InterlockWire

/// Asks a running node.
package struct ControlClient: Sendable {
  /// How long a node may take over an answer, beside what the request itself may take.
  static let patience = Duration.seconds(10)

  let path: String
  let clock: any MonotonicClock

  package init(path: String, clock: any MonotonicClock = SystemClock()) {
    self.path = path
    self.clock = clock
  }

  /// Sends one request and waits for its answer.
  ///
  /// *Cancellation:* hangs up, which gives up what the node has not begun.
  ///
  /// - Parameters:
  ///   - request: The request's object.
  ///   - limit: How long the node was told it may take.
  /// - Throws: `NodeError`: no node answers there, or it refuses; `CancellationError`.
  /// - Returns: the answer's object.
  package func ask(_ request: JSONValue, within limit: Duration = .zero) async throws -> JSONValue {
    let patience = limit + Self.patience
    let stream: ByteStream
    do {
      stream = try await SocketConnection.local(path)
    } catch let error as SystemError {
      throw NodeError(
        error, or: .unreachable,
        "start interlock node, or name the socket of the running one with --socket")
    }
    defer { stream.close() }
    try await stream.write(Array((request.serialized() + "\n").utf8))
    let line = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask {
        var lines = LineReader(stream, maximumBytes: 16 << 20)
        return try await lines.next()
      }
      group.addTask {
        try await clock.sleep(for: patience)
        throw NodeError(
          .unreachable, "the node at \(path) did not answer in \(patience.notation)",
          "look at its log")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let line else {
      throw NodeError(.unreachable, "the node at \(path) hung up", "look at its log")
    }
    let answer: JSONValue
    do {
      answer = try JSONValue(parsing: line)
    } catch {
      throw NodeError(
        .failed, "the answer from \(path) is no JSON: \(error)", "is that the socket of a node?")
    }
    guard answer["ok"]?.bool == true else {
      let what = answer["error"]?.string ?? "the node refused"
      throw answer["reason"]?.string == ControlAnswer.notInTime
        ? NodeError(.notInTime, what, "is its modem connected, and is there allowance left?")
        : NodeError(.failed, what, "interlock help radio stats")
    }
    return answer
  }
}
