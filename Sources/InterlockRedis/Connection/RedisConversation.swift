internal import Interlock
internal import InterlockCrypto
internal import InterlockSystem

/// A server that is asked one thing after the other, by somebody who has time to wait for each answer.
///
/// Its connection ends with it.
package final class RedisConversation: Sendable {
  private let connection: RedisConnection

  /// Begins one; what keeps it from the server is told by the first question.
  ///
  /// - Parameters:
  ///   - url: Where to.
  ///   - clientName: What the server's list of clients shows.
  /// - Throws: what the system says when it has no descriptor or thread to spare.
  package init(_ url: RedisURL, clientName: String) throws {
    connection = RedisConnection(
      url, clientName: clientName, reactor: try Reactor("interlock-redis"),
      seed: SecureRandom().next()
    ) { _ in }
    connection.start()
  }

  deinit { connection.close() }

  /// Asks, and waits for the answer: for the usual limit of a connection, the time to connect included.
  ///
  /// - Parameter words: The command.
  /// - Throws: `RedisError`: the server's refusal, or why it cannot be asked.
  /// - Returns: what it said.
  @discardableResult
  package func ask(_ words: String...) async throws(RedisError) -> RedisValue {
    let answer = FirstAnswer<Result<RedisValue, RedisFailure>>()
    connection.send(RedisCommand(words)) { answer.give($0) }
    do {
      return try await answer.value.get()
    } catch {
      throw error.cause
    }
  }
}
