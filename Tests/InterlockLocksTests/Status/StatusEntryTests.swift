import Interlock
import InterlockLocks
import InterlockWire
import Testing

@Suite struct StatusEntryTests {
  private let whole = StatusEntry(
    id: "il1:h:1:2:00ff:3", key: StatusKey("backup", scope: "garden"),
    owner: LockOwner(host: "h", process: 1, processStart: 2, command: "c"),
    since: StatusTime(microseconds: 1_796_000_000_000_000),
    until: StatusTime(microseconds: 1_796_000_060_000_000), reason: "copying \"it\"\n",
    payload: ["job": "j", "list": [1, 2, [3]]], fence: Fence(1_796_000_000_000_001))

  @Test func `an entry is written and read again`() throws {
    let text = JSONValue.object(whole.json).serialized()
    #expect(
      text == #"{"id":"il1:h:1:2:00ff:3","name":"backup","scope":"garden","owner":{"host":"h","#
        + #""process":1,"start":2,"command":"c"},"since":1796000000000000,"until":1796000060000000,"#
        + #""reason":"copying \"it\"\n","payload":{"job":"j","list":[1,2,[3]]},"#
        + #""fence":"1796000000000001"}"#)
    #expect(try StatusEntry(json: try JSONValue(parsing: text)) == whole)
    var bare = StatusEntry(
      id: "", key: StatusKey("x"), owner: nil, since: whole.since, until: nil)
    #expect(try StatusEntry(json: .object(bare.json)) == bare)
    bare.isStale = true
    #expect(try !StatusEntry(json: .object(bare.json)).isStale, "that is not recorded")
  }

  @Test(arguments: [
    "id", "name", "since",
  ])
  func `what is missing is named`(member: String) {
    var object = whole.json
    object[member] = nil
    let error = #expect(throws: JSONError.self) { try StatusEntry(json: .object(object)) }
    #expect(error?.description.contains(member) == true)
  }

  @Test(
    arguments: [
      ("name", ""), ("name", 7), ("scope", "a\u{0}"), ("owner", "h:1"), ("since", -1),
      ("since", 1.5),
      ("until", "soon"), ("fence", 12), ("fence", "-1"), ("payload", []), ("reason", true),
      ("owner", ["host": "h", "process": -1]),
    ] as [(String, JSONValue)])
  func `what is no part of an entry is refused`(member: String, value: JSONValue) {
    var object = whole.json
    object[member] = value
    #expect(throws: JSONError.self) { try StatusEntry(json: .object(object)) }
  }

  @Test func `members of a later version are left out`() throws {
    var object = whole.json
    object["colour"] = "red"
    #expect(try StatusEntry(json: .object(object)) == whole)
  }
}
