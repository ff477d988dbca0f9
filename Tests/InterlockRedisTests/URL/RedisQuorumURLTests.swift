import InterlockRedis
import Testing

@Suite struct RedisQuorumURLTests {
  @Test func `servers, the way in and what is said of all of them`() throws {
    let place = try RedisQuorumURL(
      "redis+quorum://u:p%40w@a,b:7000,[::1]:7001/3?persistent=yes&longest=1m&keys=plain")
    #expect(place.servers.map(\.host) == ["a", "b", "::1"])
    #expect(place.servers.map(\.port) == [6379, 7000, 7001])
    #expect(place.servers.allSatisfy { $0.user == "u" && $0.password == "p@w" && $0.database == 3 })
    #expect(place.isPersistent && place.hasPlainKeys && place.longestTerm == .seconds(60))
    #expect(place.title == "redis+quorum://u@a:6379,b:7000,[::1]:7001/3")
    let plain = try RedisQuorumURL("redis+quorum://a,b,c")
    #expect(!plain.isPersistent && !plain.hasPlainKeys && plain.longestTerm == .seconds(30))
  }

  @Test(arguments: [
    ("redis://a", "redis+quorum://"), ("redis+quorum://a,b", "2 servers do not vote"),
    ("redis+quorum://a,b,c,d", "4 servers"), ("redis+quorum://a,a:6379,b", "twice"),
    ("redis+quorum://a,b,", "host is missing"), ("redis+quorum://a,b,c:0", "no port"),
    ("redis+quorum://a,b,c/x", "no database"),
    ("redis+quorum://a,b,c?longest=1ms", "no longest term"),
    ("redis+quorum://a,b,c?lasting=1s", "no option"),
  ])
  func `what is wrong is named`(_ text: String, _ word: String) {
    let error = #expect(throws: RedisURL.Fault.self) { try RedisQuorumURL(text) }
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }
}
