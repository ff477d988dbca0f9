internal import Interlock
public import InterlockWire

extension StatusEntry {
  /// The entry as boards record it: times in microseconds since 1970, the fence in decimal text.
  public var json: JSONObject {
    var object: JSONObject = [
      "id": .string(id), "name": .string(key.name.text),
      "scope": key.scope.map { .string($0.text) } ?? .null, "owner": owner?.json ?? .null,
      "since": .integer(since.microseconds),
      "until": until.map { .integer($0.microseconds) } ?? .null, "reason": .string(reason),
      "payload": .object(payload),
    ]
    if let fence { object["fence"] = .string("\(fence)") }
    return object
  }

  /// Reads what `json` wrote; members it does not know are left out.
  ///
  /// - Throws: What is missing or is no part of an entry.
  public init(json value: JSONValue) throws(JSONError) {
    var fields = try JSONFields(value)
    id = try fields.required("id")
    let name = try Self.name(try fields.required("name"), "name", fields)
    let scope: String? = try fields.optional("scope")
    key = StatusKey(
      name,
      scope: try scope.map { text throws(JSONError) in
        try Self.name(text, "scope", fields)
      })
    owner = try fields.value("owner").map { value throws(JSONError) in try LockOwner(json: value) }
    since = StatusTime(microseconds: try fields.required("since", in: Self.times))
    until = try fields.optional("until", as: Int64.self, in: Self.times)
      .map { StatusTime(microseconds: $0) }
    reason = try fields.optional("reason") ?? ""
    payload = try fields.optional("payload") ?? [:]
    if let text: String = try fields.optional("fence") {
      guard let number = UInt64(text) else {
        throw fields.problem("fence", "a whole number as text is expected here")
      }
      fence = Fence(number)
    } else {
      fence = nil
    }
    isStale = false
  }

  /// What JSON holds exactly.
  private static let times: ClosedRange<Int64> = 0...(1 << 53)

  private static func name(
    _ text: String, _ member: String, _ fields: JSONFields
  ) throws(JSONError) -> StatusName {
    do throws(StatusError) {
      return try StatusName(text)
    } catch {
      throw fields.problem(member, "\(error)")
    }
  }
}

extension LockOwner {
  fileprivate var json: JSONValue {
    [
      "host": .string(host), "process": .integer(process), "start": .integer(processStart),
      "command": .string(command),
    ]
  }

  fileprivate init(json value: JSONValue) throws(JSONError) {
    var fields = try JSONFields(value, path: "owner")
    self.init(
      host: try fields.required("host"), process: try fields.required("process", in: 0...Int32.max),
      processStart: try fields.optional("start") ?? 0, command: try fields.optional("command") ?? ""
    )
  }
}
