import InterlockLocks
import InterlockNode
import Testing

@Suite struct BackendLocationTests {
  @Test(arguments: [
    ("memory:", BackendLocation.Place.memory), ("file:///run/x", .files(folder: "/run/x")),
    ("file:///a%20b/%25", .files(folder: "/a b/%")), ("redis://h:1/0", .redis),
    ("rediss://u:p@h", .redis), ("redis+quorum://a:1,b:2,c:3", .redisQuorum),
    ("postgres:///db", .postgres),
  ])
  func `a URL says which backend is meant`(_ url: String, _ place: BackendLocation.Place) throws {
    let location = try BackendLocation(url)
    #expect(location.place == place)
    #expect(location.url == url)
  }

  @Test(arguments: [
    "", "file:", "file://", "file:///", "file://host/x", "file:x", "/run/x", "redis://", "http://x",
    "memory:x", "file:///a%2", "file:///a%zz", "file:///a%00", "file:///%ff", "REDIS://x",
  ])
  func `anything else is refused, with what would do`(_ url: String) {
    let problem = #expect(throws: BackendLocation.Problem.self) { try BackendLocation(url) }
    #expect(problem?.expected.hasPrefix("must ") == true)
  }

  @Test func `without a word it is the variable, and else the folder of this user`() throws {
    func standard(_ variables: [String: String], isRoot: Bool = false) throws -> String {
      try BackendLocation.standard(environment: { variables[$0] }, isRoot: isRoot).url
    }
    #expect(try standard(["INTERLOCK_BACKEND": "memory:"], isRoot: true) == "memory:")
    #expect(try standard([:], isRoot: true) == "file:///var/lib/interlock")
    #expect(try standard(["XDG_RUNTIME_DIR": "/run/user/7"]) == "file:///run/user/7/interlock")
    #expect(throws: BackendLocation.Problem.self) { try standard([:]) }
    #expect(throws: BackendLocation.Problem.self) { try standard(["XDG_RUNTIME_DIR": "x"]) }
    #expect(throws: BackendLocation.Problem.self) { try standard(["INTERLOCK_BACKEND": "x"]) }
  }

  @Test func `a password is not shown`() throws {
    #expect(try BackendLocation("redis://me:secret@h:1/0").title == "redis://me:…@h:1/0")
    #expect(try BackendLocation("redis://:a@b:c@h").title == "redis://:…@h")
    #expect(try BackendLocation("redis://h:1/a@b").title == "redis://h:1/a@b")
  }

  @Test func `a database is named without its password, and what is none is said`() async throws {
    #expect(try await BackendLocation("memory:").openLocks().title == "memory:")
    let url = "postgres://me:secret@127.0.0.1:1/plant?connect_timeout=2"
    #expect(
      try await BackendLocation(url).openLocks().title == "postgres://me@127.0.0.1:1/plant")
    let error = await #expect(throws: NodeError.self) {
      _ = try await BackendLocation("postgres://me:secret@h/plant?colour=red").openLocks()
    }
    #expect(error?.kind == .badInput && error?.what.contains("postgres://me:…@h/plant") == true)
    #expect(error.map { "\($0)".contains("secret") } == false)
  }

  @Test func `servers that vote are three, five or seven`() async throws {
    let error = await #expect(throws: NodeError.self) {
      _ = try await BackendLocation("redis+quorum://u:secret@a,b").openLocks()
    }
    #expect(error?.kind == .badInput && error?.what.contains("2 servers do not vote") == true)
    #expect(error?.what.contains("secret") == false)
    let three = try await BackendLocation("redis+quorum://a:1,b:2,c:3/4").openLocks()
    #expect(three.title == "redis+quorum://a:1,b:2,c:3/4")
    await three.close()
  }
}
