import InterlockCrypto
import Testing

@testable import InterlockMeshCore

@Suite struct AccessListTests {
  private func client(_ seed: UInt64) throws -> AdminClient {
    try #require(AdminClient(AdminClient.identity(seed), node: AdminBench.node.publicKey))
  }

  @Test func `when full, the guest that was active least recently makes room`() throws {
    let bench = AdminBench()
    let admin = try client(100)
    _ = bench.take(admin.login("hunter2", at: 1))
    let guests = try (1..<UInt64(AccessList.capacity)).map { try client(200 + $0) }
    for guest in guests { _ = bench.take(guest.login("hello", at: 1)) }
    _ = bench.take(guests[0].request(.status, at: 2))
    #expect(bench.take(try client(300).login("hello", at: 1))?.tasks.count == 1)
    let access = bench.machine.access
    #expect(access.clients.count == AccessList.capacity)
    #expect(access[guests[1].identity.publicKey] == nil)
    #expect(access[guests[0].identity.publicKey] != nil)
    #expect(access[admin.identity.publicKey] != nil)
  }

  @Test func `administrators never make room`() throws {
    let bench = AdminBench()
    for seed in 0..<UInt64(AccessList.capacity) {
      _ = bench.take(try client(200 + seed).login("hunter2", at: 1))
    }
    #expect(bench.take(try client(300).login("hunter2", at: 1))?.tasks.isEmpty == true)
  }

  @Test func `a restart keeps permissions, timestamps, paths and the order of activity`() throws {
    let bench = AdminBench()
    let admin = try client(2)
    let guest = try client(3)
    _ = bench.take(guest.login("hello", at: 50))
    _ = bench.take(admin.login("hunter2", at: 100))
    let told = try #require(
      PathReturn(
        pathField: PathField(rawValue: 0x41), path: [9, 8], extraTypeByte: PathReturn.noExtra,
        extra: []))
    _ = bench.take(admin.packet(.path, admin.sealed(told.plaintext), path: []))
    let stored = bench.machine.access.stored
    let restored = try AccessList(stored: stored, identity: AdminBench.node)
    #expect(restored.stored == stored)
    let after = AdminBench(access: restored)
    #expect(after.machine.access[admin.identity.publicKey]?.outPath?.hops == [9, 8])
    #expect(after.take(admin.login("hunter2", at: 100))?.tasks.isEmpty == true)
    #expect(after.take(admin.command("ver", at: 101))?.tasks.count == 1)
    #expect(after.take(guest.request(.status, at: 51))?.tasks.count == 1)
  }

  @Test func `what is cut short, too long or repeats a key is refused as a whole`() throws {
    let bench = AdminBench()
    _ = bench.take(try client(2).login("hunter2", at: 100))
    let stored = bench.machine.access.stored
    for count in 0..<stored.count {
      #expect(throws: AccessListError.self, "\(count) bytes") {
        try AccessList(stored: Array(stored.prefix(count)), identity: AdminBench.node)
      }
    }
    #expect(throws: AccessListError.damaged(offset: stored.count)) {
      try AccessList(stored: stored + [0], identity: AdminBench.node)
    }
    var twice = stored
    twice[9] = 2
    #expect(throws: AccessListError.self) {
      try AccessList(stored: twice + stored.dropFirst(10), identity: AdminBench.node)
    }
  }

  @Test(arguments: [Permissions.Role.guest, .readOnly])
  func `a recorded login does not make an administrator of one who was removed`(
    _ role: Permissions.Role
  ) throws {
    let bench = AdminBench()
    let client = try client(2)
    let key = client.identity.publicKey
    _ = bench.take(client.login("hunter2", at: 100))
    let prefix = Array(key.bytes.prefix(4))
    #expect(bench.machine.access.setPermissions(Permissions(role), prefix: prefix) == 1)
    #expect((bench.machine.access[key] == nil) == (role == .guest))
    // Over a restart too.
    let restored = try AccessList(stored: bench.machine.access.stored, identity: AdminBench.node)
    let after = AdminBench(access: restored)
    #expect(after.take(client.login("hunter2", at: 100))?.tasks.isEmpty == true)
    #expect(after.machine.access[key]?.permissions.isAdmin != true)
    #expect(after.take(client.login("hunter2", at: 101))?.tasks.count == 1)
  }

  @Test func `a prefix that several clients share changes none of them`() throws {
    let bench = AdminBench()
    _ = bench.take(try client(2).login("hunter2", at: 100))
    _ = bench.take(try client(3).login("hunter2", at: 100))
    #expect(bench.machine.access.setPermissions(Permissions(.guest), prefix: []) == 2)
    #expect(bench.machine.access.clients.map(\.permissions.isAdmin) == [true, true])
  }
}
