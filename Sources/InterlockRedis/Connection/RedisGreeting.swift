/// The commands a connection begins with, and what their answers say.
///
/// RESP3 first, so that messages and answers can share the connection; then who we are, and who the server is. It is only
/// used when every answer was good.
struct RedisGreeting: Sendable {
  private enum Step {
    case hello, select, name, server, replication
    case subscribe(String)
  }

  private let steps: [(step: Step, command: RedisCommand)]
  private var answered = 0
  private var found = RedisServer()

  init(_ url: RedisURL, clientName: String, channels: [String]) {
    var hello = ["HELLO", "3"]
    if let password = url.password { hello += ["AUTH", url.user ?? "default", password] }
    var steps: [(Step, RedisCommand)] = [(.hello, RedisCommand(hello))]
    if url.database != 0 { steps.append((.select, RedisCommand("SELECT", "\(url.database)"))) }
    steps.append((.name, RedisCommand("CLIENT", "SETNAME", clientName)))
    steps.append((.server, RedisCommand("INFO", "server")))
    steps.append((.replication, RedisCommand("INFO", "replication")))
    steps += channels.map { (.subscribe($0), RedisCommand("SUBSCRIBE", $0)) }
    self.steps = steps
  }

  /// What is sent, in one go.
  var bytes: [UInt8] { steps.flatMap(\.command.bytes) }

  /// Takes the next answer.
  ///
  /// - Throws: ``RedisError`` when the connection is of no use.
  /// - Returns: the server, when this was the last.
  mutating func take(_ value: RedisValue) throws(RedisError) -> RedisServer? {
    guard answered < steps.count else { return nil }
    let step = steps[answered].step
    if case .error(let text) = value { throw Self.error(text, at: step) }
    switch step {
    case .hello, .select, .name: break
    case .server:
      found.read(value.string ?? "")
      guard found.isSupported else { throw .tooOld(version: found.version) }
    case .replication: found.read(value.string ?? "")
    case .subscribe(let channel):
      guard case .push(let parts) = value, parts.first?.string == "subscribe",
        parts.dropFirst().first?.string == channel
      else { throw .protocolViolation("it answered a subscription with something else") }
    }
    answered += 1
    return answered == steps.count ? found : nil
  }

  private static func error(_ text: String, at step: Step) -> RedisError {
    let error = RedisError(reply: text)
    guard case .server = error, case .hello = step else { return error }
    // A server that knows no HELLO is older than 6.0.
    return text.contains("unknown command") ? .tooOld(version: "it knows no HELLO") : error
  }
}
