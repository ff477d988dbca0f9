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
        object["instead_of"] = step.insteadOf.map(JSONValue.string) ?? .null
      case .time(let time, let isDeviation):
        object["event"] = "time"
        object["time_s"] = .double(Self.seconds(time))
        object["deviation"] = .bool(isDeviation)
      case .fault(let text):
        object["event"] = "fault"
        object["text"] = .string(text)
      case .choice(let choice, let count):
        object["event"] = "choice"
        object["choice"] = .integer(choice)
        object["of"] = .integer(count)
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
