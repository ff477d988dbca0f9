import Interlock
import InterlockCrypto
import InterlockMeshCore
import Testing

@Suite struct AdministrationMachineTests {
  private func client(_ seed: UInt64 = 2) throws -> AdminClient {
    try #require(AdminClient(AdminClient.identity(seed), node: AdminBench.node.publicKey))
  }

  // MARK: Login

  @Test func `a login by flood is answered by 13 bytes inside a path return`() throws {
    let bench = AdminBench()
    let client = try client()
    let outcome = try #require(bench.take(client.login("hunter2", at: 100, path: [7, 8])))
    #expect(outcome.events == [.loggedIn(client.identity.publicKey, Permissions(.admin))])
    #expect(outcome.accessChanged)
    let reply = try #require(bench.reply(outcome.tasks.first, .welcome))
    #expect(reply.type == .path)
    #expect(reply.delay == .milliseconds(300))
    #expect(reply.travel == .flood(hashSize: 1, .standard))
    let packet = try #require(Packet(route: .flood, type: reply.type, payload: reply.payload))
    let back = try #require(client.open(packet).flatMap { PathReturn(parsing: $0) })
    #expect(back.path == [7, 8])
    #expect(back.extraType == .response)
    #expect(Array(back.extra[0..<4]) == [0x00, 0xD2, 0x49, 0x6B])
    #expect(Array(back.extra[4..<8]) == [0, 0, 1, 3])
    #expect(back.extra[12] == 1)
    #expect(back.extra[13...].allSatisfy { $0 == 0 })
  }

  @Test func `a guest is let in as a guest, and a direct login is answered by a response`() throws {
    let bench = AdminBench()
    let client = try client()
    let outcome = try #require(bench.take(client.login("hello", at: 100, path: nil)))
    let reply = try #require(bench.reply(outcome.tasks.first, .welcome))
    #expect(reply.type == .response)
    let packet = try #require(Packet(route: .flood, type: reply.type, payload: reply.payload))
    let plaintext = try #require(client.open(packet))
    #expect(plaintext.count == 16)
    #expect(Array(plaintext[4..<8]) == [0, 0, 0, 0])
    #expect(plaintext[12] == 1)
  }

  @Test(arguments: ["", "wrong", "hunter", "hunter22", "HUNTER2", "hunter2-and-more"])
  func `any other password is answered by silence`(_ password: String) throws {
    let bench = AdminBench()
    let outcome = try #require(bench.take(try client().login(password, at: 100)))
    #expect(outcome.tasks.isEmpty)
    #expect(outcome.replies.isEmpty)
    #expect(bench.machine.access.clients.isEmpty)
  }

  @Test func `without a configured password nobody gets in, not with an empty one either`() throws {
    let bench = AdminBench(admin: nil, guest: nil)
    for (time, password) in ["", "hunter2", "hello"].enumerated() {
      let outcome = bench.take(try client().login(password, at: UInt32(100 + time)))
      #expect(outcome?.tasks.isEmpty == true)
    }
    #expect(bench.machine.access.clients.isEmpty)
  }

  @Test func `a login counts once, and only if it is later than the last message`() throws {
    let bench = AdminBench()
    let client = try client()
    let key = client.identity.publicKey
    #expect(bench.take(client.login("hunter2", at: 100))?.tasks.count == 1)
    #expect(bench.take(client.login("hunter2", at: 100))?.events == [.replayed(key)])
    #expect(bench.take(client.login("hunter2", at: 99))?.events == [.replayed(key)])
    #expect(bench.take(client.login("", at: 100))?.events == [.replayed(key)])
    #expect(bench.take(client.login("hunter2", at: 101))?.tasks.count == 1)
  }

  @Test func `a blank login keeps what a known client may do`() throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hunter2", at: 100))
    let outcome = bench.take(client.login("", at: 101))
    #expect(outcome?.tasks.first?.work == .login(Permissions(.admin)))
  }

  @Test func `wrong passwords are tried five times, then one every half minute`() throws {
    let bench = AdminBench()
    let admin = try client(2)
    _ = bench.take(admin.login("hunter2", at: 100))
    let stranger = try client(3)
    for time: UInt32 in 1...5 { _ = bench.take(stranger.login("guess\(time)", at: time)) }
    #expect(bench.take(stranger.login("hello", at: 6))?.tasks.isEmpty == true)
    // Who is an administrator already is not locked out by a stranger.
    #expect(bench.take(admin.login("hunter2", at: 101))?.tasks.count == 1)
    bench.now = bench.now.advanced(by: .seconds(30))
    #expect(bench.take(stranger.login("hello", at: 7))?.tasks.count == 1)
  }

  @Test func `a login by flood forgets the way to the client, a direct one keeps it`() throws {
    let bench = AdminBench()
    let client = try client()
    let key = client.identity.publicKey
    _ = bench.take(client.login("hunter2", at: 100))
    #expect(bench.take(try path([9, 8], client))?.accessChanged == true)
    _ = bench.take(client.login("hunter2", at: 101, path: nil))
    #expect(bench.machine.access[key]?.outPath?.hops == [9, 8])
    _ = bench.take(client.login("hunter2", at: 102))
    #expect(bench.machine.access[key]?.outPath == nil)
  }

  private func path(_ hops: [UInt8], _ client: AdminClient) throws -> Packet? {
    let told = try #require(
      PathReturn(
        pathField: PathField(rawValue: UInt8(hops.count)), path: hops,
        extraTypeByte: PathReturn.noExtra, extra: [1, 2, 3, 4]))
    return client.packet(.path, client.sealed(told.plaintext), path: [])
  }

  // MARK: Questions

  @Test func `anyone may ask four questions in three minutes, along a path only`() throws {
    let bench = AdminBench()
    let client = try client()
    let question = AnonymousRequest(
      timestamp: 77, content: .question(.clock, replyPath: PathField(rawValue: 2), path: [4, 5]))
    #expect(bench.take(client.anonymous(question.plaintext, path: []))?.tasks.isEmpty == true)
    let task = bench.take(client.anonymous(question.plaintext))?.tasks.first
    let reply = try #require(bench.reply(task, .data([0x80])))
    let packet = try #require(Packet(route: .direct, type: reply.type, payload: reply.payload))
    #expect(client.open(packet)?.prefix(9) == [77, 0, 0, 0, 0x00, 0xD2, 0x49, 0x6B, 0x80])
    guard case .direct(let way) = reply.travel else { throw PacketError.empty }
    #expect(way.hops == [4, 5])
    for _ in 2...4 { #expect(bench.take(client.anonymous(question.plaintext))?.tasks.count == 1) }
    #expect(bench.take(client.anonymous(question.plaintext))?.tasks.isEmpty == true)
    bench.now = bench.now.advanced(by: .seconds(180))
    #expect(bench.take(client.anonymous(question.plaintext))?.tasks.count == 1)
  }

  // MARK: Requests

  @Test func `of two clients that share a byte the one whose secret fits is meant`() throws {
    let bench = AdminBench()
    let first = try client(2)
    var seed: UInt64 = 3
    while AdminClient.identity(seed).publicKey.hash != first.identity.publicKey.hash { seed += 1 }
    let second = try client(seed)
    _ = bench.take(first.login("hunter2", at: 100))
    _ = bench.take(second.login("hello", at: 100))
    for client in [first, second] {
      let task = bench.take(client.request(.status, at: 101))?.tasks.first
      #expect(task?.client == client.identity.publicKey, "seed \(seed)")
    }
  }

  @Test func `a request is answered once, and not to strangers`() throws {
    let bench = AdminBench()
    let client = try client()
    #expect(bench.take(client.request(.status, at: 99)) == nil)
    _ = bench.take(client.login("hello", at: 100))
    #expect(bench.take(client.request(.status, at: 100))?.tasks.isEmpty == true)
    #expect(bench.take(client.request(.status, at: 101))?.tasks.map(\.work) == [.status])
    #expect(bench.take(client.request(.status, at: 101))?.tasks.isEmpty == true)
    #expect(bench.take(client.request(.keepAlive, at: 102))?.tasks.isEmpty == true)
    #expect(bench.machine.access[client.identity.publicKey]?.lastTimestamp == 102)
  }

  @Test func `noise that the code lets through does not move the timestamp`() throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hunter2", at: 100))
    let far: UInt32 = .max
    for kind: UInt8 in 8...255 {
      _ = bench.take(client.request(RequestMessage.Kind(rawValue: kind), at: far))
    }
    _ = bench.take(client.request(.neighbours, [9, 9, 9], at: far))
    _ = bench.take(client.command("\u{1}\u{2}", at: far))
    _ = bench.take(client.command("", at: far))
    #expect(bench.machine.access[client.identity.publicKey]?.lastTimestamp == 100)
  }

  @Test func `only administrators are shown the access list`() throws {
    let bench = AdminBench()
    let guest = try client(2)
    let admin = try client(3)
    _ = bench.take(guest.login("hello", at: 100))
    _ = bench.take(admin.login("hunter2", at: 100))
    #expect(bench.take(guest.request(.accessList, [0, 0], at: 101))?.tasks.isEmpty == true)
    #expect(bench.take(admin.request(.accessList, [0, 1], at: 101))?.tasks.isEmpty == true)
    #expect(bench.take(admin.request(.accessList, [0, 0], at: 102))?.tasks.count == 1)
  }

  @Test func `an answer is cut to what a packet with the longest path holds`() throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hello", at: 100))
    let long = (0..<63).map { UInt8($0) }
    let task = bench.take(client.request(.ownerInfo, at: 101, path: long))?.tasks.first
    let reply = try #require(bench.reply(task, .data([UInt8](repeating: 7, count: 500))))
    #expect(reply.payload.count <= Packet.maximumPayloadBytes)
    let packet = try #require(Packet(route: .flood, type: reply.type, payload: reply.payload))
    #expect(client.open(packet).flatMap { PathReturn(parsing: $0) }?.path == long)
  }

  // MARK: Commands

  @Test func `a plain text is acknowledged each time and carried out once`() throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hunter2", at: 100))
    let first = try #require(bench.take(client.command("ver", at: 101, kind: .plain)))
    #expect(first.tasks.map(\.work) == [.command("ver")])
    let again = try #require(bench.take(client.command("ver", at: 101, kind: .plain, attempt: 1)))
    #expect(again.tasks.isEmpty)
    for (attempt, outcome) in [first, again].enumerated() {
      let text = TextMessage(timestamp: 101, attempt: UInt8(attempt), text: "ver")
      let reply = try #require(outcome.replies.first)
      #expect(reply.type == .acknowledgement)
      #expect(reply.delay == .milliseconds(200))
      #expect(reply.payload == text.acknowledgement(from: client.identity.publicKey).payload)
    }
    #expect(bench.take(client.command("ver", at: 100, kind: .plain))?.replies.isEmpty == true)
  }

  @Test(arguments: [TextMessage.Kind.commandOutput, .command])
  func `a command as such is not acknowledged`(_ kind: TextMessage.Kind) throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hunter2", at: 100))
    let outcome = try #require(bench.take(client.command("ver", at: 101, kind: kind)))
    #expect(outcome.replies.isEmpty)
    #expect(outcome.tasks.map(\.way) == [.flood])
    #expect(bench.take(client.command("ver", at: 101, kind: kind))?.tasks.isEmpty == true)
  }

  @Test func `a guest's command is for this node and not carried out`() throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hello", at: 100))
    let outcome = try #require(bench.take(client.command("reboot", at: 101, kind: .plain)))
    #expect(outcome.tasks.isEmpty)
    #expect(outcome.replies.isEmpty)
  }

  @Test func `answers to commands have ever later timestamps, never that of the command`() throws {
    let bench = AdminBench()
    let client = try client()
    _ = bench.take(client.login("hunter2", at: 100))
    var last: UInt32 = 0
    for tag: UInt32 in [1_800_000_000, 1_800_000_001, 1_800_000_003] {
      let task = bench.take(client.command("ver", at: tag))?.tasks.first
      let reply = try #require(bench.reply(task, .text("1")))
      #expect(reply.delay == .milliseconds(600))
      let packet = try #require(Packet(route: .flood, type: .text, payload: reply.payload))
      let text = try #require(client.open(packet).flatMap { TextMessage(parsing: $0) })
      #expect(text.timestamp > last)
      #expect(text.timestamp != tag)
      last = text.timestamp
    }
  }

  @Test func `what names another node or does not open is not for this one`() throws {
    let bench = AdminBench()
    let other = try #require(
      AdminClient(AdminClient.identity(2), node: AdminClient.identity(99).publicKey))
    #expect(bench.take(other.login("hunter2", at: 100)) == nil)
    let client = try client()
    let login = try #require(client.login("hunter2", at: 100))
    var payload = Array(login.payload)
    payload[payload.count - 1] ^= 1
    #expect(bench.take(client.packet(.anonymousRequest, payload, path: [])) == nil)
  }
}
