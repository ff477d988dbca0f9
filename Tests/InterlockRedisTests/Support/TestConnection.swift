import Interlock
import InterlockRedis
import InterlockSystem
import TestSupport

/// A connection whose events are kept, and whose answers can be awaited.
final class TestConnection: Sendable {
  let events: Log<RedisConnection.Event>
  let connection: RedisConnection

  /// The server ends with the last who needs it.
  private let server: LocalRedis

  init(_ server: LocalRedis, _ url: RedisURL? = nil, channels: [String] = []) throws {
    self.server = server
    let events = Log<RedisConnection.Event>()
    self.events = events
    connection = RedisConnection(
      url ?? server.url, clientName: "test", channels: channels, reactor: try Reactor(), seed: 1
    ) { events.append($0) }
    connection.start()
  }

  deinit { connection.close() }

  func callAsFunction(
    _ words: String..., within limit: Duration = .seconds(30), waits: Bool = true
  ) async -> Result<RedisValue, RedisFailure> {
    let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
    connection.send(RedisCommand(words), within: limit, waits: waits) { answer.give($0) }
    return await answer.value
  }

  var readies: [RedisServer] {
    events.all.compactMap { if case .ready(let server) = $0 { server } else { nil } }
  }

  var losses: [RedisError] {
    events.all.compactMap { if case .lost(let error) = $0 { error } else { nil } }
  }

  var messages: [String] {
    events.all.compactMap {
      guard case .message(let channel, let payload) = $0 else { return nil }
      return "\(channel) \(String(decoding: payload, as: UTF8.self))"
    }
  }
}
