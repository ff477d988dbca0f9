internal import InterlockLab
internal import InterlockWire

extension Trace {
  /// An object for each event.
  var json: [JSONValue] {
    events.map { event in
      var object = JSONObject()
      switch event {
      case .step(let step):
        object["event"] = "step"
        object["step"] = .integer(step.number)
        object["time_s"] = .double(Self.seconds(step.time))
        object["task"] = .string(step.taskName)
        object["actor"] = step.actor.map(JSONValue.string) ?? .null
        object["ready"] = .integer(step.ready)
        object["nested"] = .bool(step.isNested)
        object["deviation"] = .bool(step.isDeviation)
      case .time(let time):
        object["event"] = "time"
        object["time_s"] = .double(Self.seconds(time))
      case .note(let text):
        object["event"] = "note"
        object["text"] = .string(text)
      case .failure(let text):
        object["event"] = "failure"
        object["text"] = .string(text)
      }
      return .object(object)
    }
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }
}
