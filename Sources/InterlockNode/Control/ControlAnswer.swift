internal import InterlockWire

/// The two forms of an answer.
enum ControlAnswer {
  static func success(_ content: JSONObject = JSONObject()) -> JSONValue {
    var object = JSONObject()
    object["ok"] = true
    for member in content.members { object[member.name] = member.value }
    return .object(object)
  }

  static func failure(_ error: String) -> JSONValue {
    ["ok": false, "error": .string(error)]
  }
}
