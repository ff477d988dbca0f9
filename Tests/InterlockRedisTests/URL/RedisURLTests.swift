import InterlockRedis
import Testing

@Suite struct RedisURLTests {
  @Test func `every part is read`() throws {
    let url = try RedisURL("rediss://us%40r:p%3Aw%2F@db.example.org:7000/3?ca=/etc/ca%20x.pem")
    #expect(url.host == "db.example.org" && url.port == 7000 && url.database == 3)
    #expect(url.user == "us@r" && url.password == "p:w/")
    #expect(url.isProtected && url.authorities == "/etc/ca x.pem")
  }

  @Test func `replicas are counted, and have a time`() throws {
    #expect(try RedisURL("redis://h?replicas=2").replicas == RedisReplicas(2))
    #expect(
      try RedisURL("redis://h?within=250&replicas=1").replicas
        == RedisReplicas(1, within: .milliseconds(250)))
    #expect(try RedisURL("redis://h").replicas == nil)
  }

  @Test func `what is left out has its usual value`() throws {
    let url = try RedisURL("redis://localhost")
    #expect(url == RedisURL(host: "localhost"))
    #expect(url.port == 6379 && url.database == 0 && url.user == nil && url.password == nil)
    #expect(try RedisURL("redis://localhost/").database == 0)
    let secret = try RedisURL("redis://:word@localhost")
    #expect(secret.user == nil && secret.password == "word")
  }

  @Test func `an address of version six stands in brackets`() throws {
    let url = try RedisURL("redis://[::1]:7000/1")
    #expect(url.host == "::1" && url.port == 7000)
    #expect(url.title == "redis://[::1]:7000/1")
    #expect(try RedisURL("redis://[::1]").port == 6379)
  }

  @Test func `the title has no password`() throws {
    #expect(try RedisURL("redis://me:secret@h:1/2").title == "redis://me@h:1/2")
    #expect(try RedisURL("rediss://:secret@h").title == "rediss://h:6379/0")
  }

  @Test(arguments: [
    ("localhost:6379", "redis://"), ("http://x", "http"), ("redis://", "host is missing"),
    ("redis://h:0", "'0' is no port"), ("redis://h:70000", "port"), ("redis://h:x", "port"),
    ("redis://h/x", "'x' is no database"), ("redis://h/-1", "database"),
    ("redis://me@h", "has no password"), ("redis://[::1", "does not end"),
    ("redis://[::1]x", "after the address"), ("redis://h?ca=/x", "rediss"),
    ("redis://h?replicas=0", "1 to 64"), ("redis://h?replicas=x", "1 to 64"),
    ("redis://h?within=5", "replicas=N"), ("redis://h?replicas=1&within=", "1 to 60000"),
    ("rediss://h?x=1", "'x' is no option"), ("rediss://h?ca=", "needs a path"),
    ("redis://h%4", "%25"), ("redis://:a%zz@h", "the password"), ("redis://:%ff@h", "no UTF-8"),
  ])
  func `what is wrong is named`(_ text: String, _ words: String) throws {
    let fault = #expect(throws: RedisURL.Fault.self) { try RedisURL(text) }
    #expect(try #require(fault).description.contains(words), "\(fault!.description)")
  }

  @Test func `no fault shows the password`() {
    for text in ["redis://u:hunter2@h:x", "redis://u:hunter2@h/y", "redis://u:hunter2%q@h"] {
      let fault = #expect(throws: RedisURL.Fault.self) { try RedisURL(text) }
      #expect(fault?.description.contains("hunter2") == false)
    }
  }
}
