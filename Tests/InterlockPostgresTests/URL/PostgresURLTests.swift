import Testing

@testable import InterlockPostgres

@Suite struct PostgresURLTests {
  @Test(arguments: [
    ("postgres://h", "postgres://h"),
    ("postgresql://me@h:1/db", "postgresql://me@h:1/db"),
    ("postgres://me:secret@h:1/db?sslmode=require", "postgres://me@h:1/db"),
    ("postgres://me:se@cret@h/db", "postgres://me@h/db"),
    ("postgres:///db?host=/run/postgresql", "postgres:///db"),
    ("postgres://a:1,b:2/db?target_session_attrs=read-write", "postgres://a:1,b:2/db"),
  ])
  func `its title has no password`(_ text: String, _ title: String) throws {
    let url = try PostgresURL(text)
    #expect(url.title == title)
    #expect(url.text == text)
  }

  @Test(arguments: [
    ("postgres://127.0.0.1:1/db", false), ("postgres://[::1]/db", false),
    ("postgres:///db?host=/run/postgresql", false), ("postgres://10.0.0.1,10.0.0.2/db", false),
    ("postgres://h/db?hostaddr=10.0.0.1", false), ("postgres://h/db", true),
    ("postgres://10.0.0.1,h/db", true), ("postgres:///db", true),
  ])
  func `names are looked up, and addresses need not be`(_ text: String, _ isNeeded: Bool) throws {
    #expect(try PostgresURL(text).needsLookup == isNeeded)
  }

  @Test(arguments: [
    ("redis://h", "written postgres://"), ("postgres://me:secret@[h/db", ""),
    ("postgres://me:secret@h/db?colour=red", ""), ("postgres://me:%zz@h", ""),
  ])
  func `what is no URL is said, and not what it holds`(_ text: String, _ part: String) {
    let fault = #expect(throws: PostgresURL.Fault.self) { try PostgresURL(text) }
    #expect(fault?.description.contains(part) == true)
    #expect(fault?.description.isEmpty == false)
    #expect(fault?.description.contains("secret") == false)
  }
}
