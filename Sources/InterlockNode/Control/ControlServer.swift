package import Interlock
internal import InterlockSystem
package import InterlockWire

/// The node's door for other programs of its user: a socket that takes one JSON object a line and
/// answers with one.
///
/// A request is `{"command":"stats"}`; an answer has `"ok"` and, if that is false, `"error"`. A
/// client that hangs up gives its request up: a packet that waits is then not sent. Only the user the
/// node runs as can open the socket.
package final class ControlServer: Sendable {
  /// Connections at once; more wait.
  static let maximumConnections = 8
  /// The longest request, in bytes.
  static let maximumRequestBytes = 64 * 1024

  /// How long a client may take over a request, or over reading an answer, before it is hung up on:
  /// its place is then another's.
  static let patience = Duration.seconds(30)
  /// How long accepting rests after a failure, such as a process out of descriptors.
  static let rest = Duration.seconds(1)

  private let listener: SocketListener

  /// Takes the socket.
  ///
  /// - Throws: `NodeError` when another node has it, or this user cannot make it.
  package init(path: String) throws(NodeError) {
    do throws(SystemError) {
      listener = try SocketListener(path: path)
    } catch {
      throw NodeError(
        error, or: error.isImpossiblePath ? .badInput : .failed,
        "give this node another control.socket, or set control.enabled to false")
    }
  }

  /// Gives the socket up.
  package func close() { listener.close() }

  /// Answers until the task is cancelled.
  ///
  /// Nothing else ends it: when connections cannot be accepted that is reported once, and tried
  /// again and again. The radio does not depend on who may ask about it.
  ///
  /// - Parameters:
  ///   - clock: What waiting is measured on.
  ///   - report: Takes what an operator should know.
  ///   - answer: What a request gets; it may wait, and others are answered meanwhile.
  /// - Throws: `CancellationError`.
  package func run(
    clock: any MonotonicClock, report: @escaping @Sendable (NodeEvent) -> Void,
    _ answer: @escaping @Sendable (JSONValue) async -> JSONValue
  ) async throws {
    let listener = listener
    try await Self.run({ try await listener.accept() }, clock: clock, report: report, answer)
  }

  /// Answers whoever `accept` brings.
  static func run(
    _ accept: @escaping @Sendable () async throws -> ByteStream, clock: any MonotonicClock,
    report: @escaping @Sendable (NodeEvent) -> Void,
    _ answer: @escaping @Sendable (JSONValue) async -> JSONValue
  ) async throws {
    let door = AsyncMutex(Door(), name: "control socket", clock: clock)
    // As many tasks as there may be connections; one of them accepts, the others serve or queue.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<maximumConnections {
        group.addTask {
          while true {
            let stream = try await door.withLock { door in
              try await door.next(accept, clock: clock, report: report)
            }
            await serve(stream, clock, answer)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Where connections come in.
  private struct Door: Sendable {
    /// The same failure again and again is one outage.
    private var isFailing = false

    mutating func next(
      _ accept: @Sendable () async throws -> ByteStream, clock: any MonotonicClock,
      report: @Sendable (NodeEvent) -> Void
    ) async throws -> ByteStream {
      while true {
        do {
          let stream = try await accept()
          isFailing = false
          return stream
        } catch let error as SystemError {
          if !isFailing {
            report(
              .warning(
                "The control socket takes nobody: \(error); it is tried again every "
                  + "\(rest.notation)"))
          }
          isFailing = true
          try await clock.sleep(for: rest)
        }
      }
    }
  }

  private static func serve(
    _ stream: ByteStream, _ clock: any MonotonicClock,
    _ answer: @escaping @Sendable (JSONValue) async -> JSONValue
  ) async {
    defer { stream.close() }
    var lines = LineReader(stream, maximumBytes: maximumRequestBytes)
    // A client that breaks the line off, leaves or falls silent ends only its own connection.
    while let line = try? await lines.next(within: patience, clock: clock) {
      let reply: JSONValue
      do throws(JSONError) {
        let request = try JSONValue(
          parsing: line, limits: JSONLimits(bytes: maximumRequestBytes, depth: 8))
        reply = await Self.reply(to: request, from: stream, &lines, answer)
      } catch {
        reply = ControlAnswer.failure("the request is no JSON object: \(error)")
      }
      let bytes = Array((reply.serialized() + "\n").utf8)
      let written: Void? = try? await withDeadline(clock.now.advanced(by: patience), clock: clock) {
        try await stream.write(bytes)
      }
      if written == nil { return }
    }
  }

  private enum Part {
    case answered(JSONValue)
    case readAhead(LineReader, hasEnded: Bool)
  }

  /// Waits for an answer, and cancels what makes it when its client is gone.
  private static func reply(
    to request: JSONValue, from stream: ByteStream, _ lines: inout LineReader,
    _ answer: @escaping @Sendable (JSONValue) async -> JSONValue
  ) async -> JSONValue {
    let reader = lines
    return await withTaskGroup(of: Part.self) { group in
      group.addTask { .answered(await answer(request)) }
      group.addTask {
        var reader = reader
        let hasEnded = await reader.readAhead()
        return .readAhead(reader, hasEnded: hasEnded)
      }
      var reply = ControlAnswer.failure("the request was given up")
      for await part in group {
        switch part {
        case .answered(let value):
          reply = value
          group.cancelAll()
        case .readAhead(let reader, let hasEnded):
          lines = reader
          // One that has only said all it had to say still wants its answer.
          if hasEnded, stream.isHungUp { group.cancelAll() }
        }
      }
      return reply
    }
  }
}
