import Foundation
import InterlockCrypto
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockMeshCore
@testable import InterlockNode

/// The clients of the remote administration, on a real disk.
@Suite(.timeLimit(.minutes(10))) struct AccessStoreTests {
  private let folder: TemporaryDirectory
  private let store: AccessStore
  private let identity: Identity

  init() throws {
    folder = try TemporaryDirectory()
    store = AccessStore(path: "\(folder.path)/access.list")
    identity = try Self.identity(0)
  }

  private static func identity(_ number: UInt8) throws -> Identity {
    try Identity(seed: SecretBytes([UInt8](repeating: number &+ 1, count: 32).span))
  }

  /// A list with so many administrators, each with the longest path there is.
  private func list(of count: Int) throws -> AccessList {
    var list = AccessList()
    for number in 0..<count {
      let key = try Self.identity(UInt8(number + 1)).publicKey
      let path = KnownPath(
        field: PathField(rawValue: 32 | 1 << 6), hops: [UInt8](repeating: 9, count: 64))
      let client = AccessClient(
        key: key, permissions: Permissions(.admin), lastTimestamp: UInt32(number),
        outPath: path, secret: try #require(identity.sharedSecret(with: key)))
      let isTaken = list.insert(client)
      try #require(isTaken && client.outPath != nil)
    }
    return list
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func `without a file there are no clients, and none is made`() async throws {
    #expect(try await store.load(identity: identity).clients.isEmpty)
    #expect(try files() == [])
  }

  @Test func `a full list fits, comes back as it was, and takes nobody else`() async throws {
    let full = try list(of: AccessList.capacity)
    try await store.save(full)
    var loaded = try await store.load(identity: identity)
    #expect(loaded.stored == full.stored)
    #expect(loaded.clients.count == AccessList.capacity)
    let other = try Self.identity(200).publicKey
    let secret = try #require(identity.sharedSecret(with: other))
    let isTaken = loaded.insert(
      AccessClient(key: other, permissions: Permissions(.admin), lastTimestamp: 1, secret: secret))
    #expect(!isTaken && loaded.stored == full.stored)
  }

  @Test func `only the owner reads it, also where a wider file lay`() async throws {
    try AtomicFile.replace(store.path, with: [1], mode: AtomicFile.publicMode)
    try await store.save(try list(of: 1))
    #expect(try AtomicFile.mode(of: store.path) == 0o600)
    #expect(try files() == ["access.list"])
  }

  @Test func `whoever reads beside a save finds the old list or the new one`() async throws {
    let lists = [try list(of: 1), try list(of: AccessList.capacity)]
    try await store.save(lists[0])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [store] in
        for round in 0..<40 { try await store.save(lists[round % 2]) }
      }
      group.addTask { [store, identity] in
        for _ in 0..<100 {
          let stored = try await store.load(identity: identity).stored
          #expect(lists.contains { $0.stored == stored })
        }
      }
      try await group.waitForAll()
    }
    #expect(try files() == ["access.list"])
  }

  @Test func `clients that could not be saved are saved at the end, when they can be`() async throws
  {
    let run = try await RunningNode(folder: folder)
    try FileManager.default.createDirectory(atPath: store.path, withIntermediateDirectories: false)
    let clients = try list(of: 1)
    run.node.administration.store(clients)
    try await run.running {
      await run.said("The clients of the remote administration are not saved")
      try FileManager.default.removeItem(atPath: store.path)
    }
    #expect(try AtomicFile.contents(of: store.path, limit: 1 << 20) == clients.stored)
  }

  @Test func `a save that fails says so and leaves nothing behind`() async throws {
    try FileManager.default.createDirectory(atPath: store.path, withIntermediateDirectories: false)
    await #expect(throws: SystemError.self) { try await store.save(try list(of: 2)) }
    #expect(try files() == ["access.list"])
    // Nor is it taken for an empty list.
    let error = await #expect(throws: NodeError.self) { try await store.load(identity: identity) }
    #expect(error?.kind == .badInput)
  }

  @Test(arguments: ["", "nonsense", "ILAC\u{1}", String(repeating: "x", count: 20_000)])
  func `what cannot be read stops the node and stays as it is`(text: String) async throws {
    let bytes = Array(text.utf8)
    try Data(bytes).write(to: URL(filePath: store.path))
    let error = await #expect(throws: NodeError.self) { try await store.load(identity: identity) }
    #expect(error?.kind == .badInput)
    #expect(error?.what.contains(store.path) == true)
    #expect(error?.remedy.contains("move it away") == true)
    await #expect(throws: NodeError.self) {
      _ = try await RunningNode(folder: folder)
    }
    #expect(try AtomicFile.contents(of: store.path, limit: 1 << 20) == bytes)
  }
}
