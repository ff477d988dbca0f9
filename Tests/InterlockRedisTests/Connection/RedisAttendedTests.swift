import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

@Suite(.ownThread, .timeLimit(.minutes(5))) struct RedisAttendedTests {
  @Test
  func `each answer that is late makes twice as many calls not wait, one in time all of them`() {
    var patience = RemotePatience()
    func passes() -> Int {
      var count = 0
      while !patience.waits() { count += 1 }
      return count
    }
    #expect(passes() == 0)
    for missed in 1...10 {
      patience.ended(wasAnswered: false)
      #expect(passes() == (1 << missed) - 1)
    }
    patience.ended(wasAnswered: false)
    #expect(passes() == 1023)
    patience.ended(wasAnswered: true)
    #expect(passes() == 0)
  }

  @Test(.tags(.integration))
  func `callers who wait, callers who do not and messages share a connection`() async throws {
    let server = try LocalRedis()
    let redis = try TestConnection(server, channels: ["news"])
    #expect(try await redis("PING").get().string == "PONG")
    let rounds = 400
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<4 {
        group.addTask {
          // Threads that may stand still: those of the pool are for others.
          try await BlockingPool.shared.run {
            for round in 0..<rounds {
              let (word, answers) = ("\(caller)-\(round)", Log<String>())
              let command = RedisCommand("ECHO", word)
              if caller % 2 == 0 {
                redis.connection.sendAttended(command) { answers.append($0.text) }
              } else {
                redis.connection.send(command) { answers.append($0.text) }
              }
              if round % 20 == 0 {
                redis.connection.send(RedisCommand("PUBLISH", "news", word)) { _ in }
              }
              while answers.count == 0 { Pause.hold(.microseconds(50)) }
              #expect(answers.all == [word])
            }
          }
        }
      }
      try await group.waitForAll()
    }
    try await eventually { redis.messages.count == 4 * rounds / 20 }
    #expect(redis.losses.isEmpty)
  }

  @Test(.tags(.integration))
  func `a caller whose answer does not come goes on, and is told when it does`() async throws {
    let server = try LocalRedis()
    let redis = try TestConnection(server, channels: ["news"])
    #expect(try await redis("PING").get().string == "PONG")
    server.pause()
    let answers = Log<String>()
    redis.connection.sendAttended(RedisCommand("ECHO", "late"), within: .seconds(60)) {
      answers.append($0.text)
    }
    #expect(answers.count == 0)
    server.resume()
    try await eventually { answers.all == ["late"] }
    // The reactor reads again: nobody attends to what is said from now on.
    try RawRedis(server)("PUBLISH", "news", "more")
    try await eventually { redis.messages == ["news more"] }
  }

  @Test(.tags(.integration))
  func `a connection that is lost while a caller waits tells it, and is made again`() async throws {
    let server = try LocalRedis()
    let redis = try TestConnection(server)
    #expect(try await redis("PING").get().string == "PONG")
    let raw = try RawRedis(server)
    for round in 0..<20 {
      try raw("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      let answers = Log<String>()
      redis.connection.sendAttended(RedisCommand("ECHO", "\(round)"), within: .seconds(30)) {
        answers.append($0.text)
      }
      try await eventually { answers.count == 1 }
      #expect(["\(round)", "lost"].contains(answers.all[0]))
      try await eventually { try await redis("PING").get().string == "PONG" }
    }
  }
}

extension Result<RedisValue, RedisFailure> {
  /// The text that was answered; `lost` for a failure.
  fileprivate var text: String { (try? get().string) ?? "lost" }
}
