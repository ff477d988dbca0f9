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

  /// A failure that only lacked time, which trying again later may mend.
  static func tooLate(_ error: String) -> JSONValue {
    ["ok": false, "error": .string(error), "reason": .string(notInTime)]
  }

  /// The `"reason"` of such a failure.
  static let notInTime = "not_in_time"
}
