import Interlock
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisConnectionTests {
  @Test func `commands are answered in their order, and messages come in between`() async throws {
    let server = try LocalRedis()
    let connection = try TestConnection(server, channels: ["c"])
    #expect(await connection("SET", "k", "v") == .success(.string("OK")))
    let answers = Log<Int64?>()
    let last = FirstAnswer<Void>()
    for number in 0..<5000 {
      connection.connection.send(RedisCommand("INCR", "n")) { result in
        answers.append(try? result.get().integer)
        if number == 4999 { last.give(()) }
      }
    }
    await last.value
    #expect(answers.all == (1...5000).map { $0 })
    try RawRedis(server)("PUBLISH", "c", "hello\r\n")
    try await eventually { connection.messages == ["c hello\r\n"] }
    let about = try #require(connection.readies.first)
    #expect(about.role == "master" && about.runID.count == 40 && about.isSupported)
  }

  @Test func `a long answer and a long command pass whole`() async throws {
    let server = try LocalRedis()
    let connection = try TestConnection(server)
    let long = String(repeating: "0123456789", count: 400_000)
    #expect(await connection("SET", "k", long) == .success(.string("OK")))
    #expect(try await connection("GET", "k").get().string == long)
  }

  @Test func `a refusal comes with its meaning, and the connection goes on`() async throws {
    let connection = try TestConnection(LocalRedis())
    _ = await connection("LPUSH", "l", "x")
    guard case .failure(.refused(.wrongType)) = await connection("GET", "l") else {
      Issue.record("a list was read as a string")
      return
    }
    #expect(await connection("EVALSHA", "00", "0") == .failure(.refused(.noScript)))
    #expect(await connection("PING") == .success(.string("PONG")))
  }

  @Test func `the database and the password of the URL are used`() async throws {
    var options = LocalRedis.Options()
    options.password = "s3cret"
    let server = try LocalRedis(options)
    var url = server.url
    url.database = 5
    let connection = try TestConnection(server, url)
    _ = await connection("SET", "k", "v")
    let raw = try RawRedis(server)
    try raw("SELECT", "5")
    #expect(try raw("GET", "k").string == "v")
    #expect(try raw("CLIENT", "LIST").string?.contains("name=test") == true)
    url.password = "wrong"
    #expect(await (try TestConnection(server, url))("PING") == .failure(.notSent(.wrongPassword)))
    url.password = nil
    #expect(
      await (try TestConnection(server, url))("PING") == .failure(.notSent(.authenticationRequired))
    )
  }

  @Test func `nobody there is told with the system's words`() async throws {
    let server = try LocalRedis()
    server.kill()
    let connection = try TestConnection(server)
    guard case .failure(.notSent(.unreachable(let words))) = await connection("PING") else {
      Issue.record("a dead server answered")
      return
    }
    #expect(words.contains("127.0.0.1:\(server.port)") && words.contains("is it running?"))
  }

  @Test func `what was in flight when it broke may have happened; then it comes back by itself`()
    async throws
  {
    let server = try LocalRedis()
    let connection = try TestConnection(server, channels: ["c"])
    #expect(await connection("PING") == .success(.string("PONG")))
    // The server takes the command and does not answer; then it is gone.
    server.pause()
    let lost = FirstAnswer<Result<RedisValue, RedisFailure>>()
    connection.connection.send(RedisCommand("INCR", "n")) { lost.give($0) }
    server.kill()
    guard case .failure(.unknown) = await lost.value else {
      Issue.record("the outcome is known: \(await lost.value)")
      return
    }
    try server.start()
    try await eventually { connection.readies.count == 2 }
    #expect(await connection("PING") == .success(.string("PONG")))
    #expect(connection.readies[0].runID != connection.readies[1].runID)
    // It listens again.
    try RawRedis(server)("PUBLISH", "c", "again")
    try await eventually { connection.messages == ["c again"] }
  }

  @Test func `a server that kills the connection is connected to again`() async throws {
    let server = try LocalRedis()
    let connection = try TestConnection(server)
    let raw = try RawRedis(server)
    for round in 1...5 {
      #expect(await connection("PING") == .success(.string("PONG")))
      try raw("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      try await eventually { connection.losses.count == round }
    }
    try await eventually { connection.readies.count == 6 }
  }

  @Test func `a command that may not wait is told at once that there is no connection`()
    async throws
  {
    let server = try LocalRedis()
    server.kill()
    let connection = try TestConnection(server)
    guard case .failure(.notSent) = await connection("PING", waits: false) else {
      Issue.record("it was sent")
      return
    }
  }

  @Test func `TLS: a server whose certificate is good is spoken to`() async throws {
    var options = LocalRedis.Options()
    options.hasTLS = true
    let server = try LocalRedis(options)
    for host in ["localhost", "127.0.0.1"] {
      var url = RedisURL(host: host, port: server.tlsPort)
      url.isProtected = true
      url.authorities = server.directory("ca.pem")
      let connection = try TestConnection(server, url)
      let long = String(repeating: "0123456789", count: 100_000)
      #expect(await connection("SET", "k", long) == .success(.string("OK")))
      #expect(try await connection("GET", "k").get().string == long)
    }
  }

  @Test func `TLS: a certificate of another authority is refused, and so is a file that is none`()
    async throws
  {
    var options = LocalRedis.Options()
    options.hasTLS = true
    let server = try LocalRedis(options)
    func failure(_ change: (inout RedisURL) -> Void) async throws -> String {
      var url = RedisURL(host: "127.0.0.1", port: server.tlsPort)
      url.isProtected = true
      url.authorities = server.directory("ca.pem")
      change(&url)
      guard
        case .failure(.notSent(.untrusted(let words))) = await (try TestConnection(server, url))(
          "PING")
      else { return "" }
      return words
    }
    #expect(try await failure { $0.authorities = nil }.contains("not accepted"))
    #expect(
      try await failure { $0.authorities = server.directory("none.pem") }.contains("none.pem"))
  }

  @Test func `TLS: a certificate for another name is refused`() async throws {
    var options = LocalRedis.Options()
    options.hasTLS = true
    options.more = ["--bind", "127.0.0.1", "127.0.0.2"]
    let server = try LocalRedis(options)
    var url = RedisURL(host: "127.0.0.2", port: server.tlsPort)
    url.isProtected = true
    url.authorities = server.directory("ca.pem")
    guard
      case .failure(.notSent(.untrusted(let words))) = await (try TestConnection(server, url))(
        "PING")
    else {
      Issue.record("a certificate for 127.0.0.1 was taken for one of 127.0.0.2")
      return
    }
    #expect(words.contains("IP address mismatch"))
  }
}
