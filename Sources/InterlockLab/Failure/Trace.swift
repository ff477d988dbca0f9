/// What happened in one run, in order.
public struct Trace: Sendable, CustomStringConvertible {
  let entries: [Journal.Entry]

  /// What a reader is told.
  public var description: String {
    var lines = ["step  time        task                where                 ready"]
    for entry in entries {
      switch entry {
      case .step(let step):
        let mark =
          (step.isNested ? "  inside the step before" : "")
          + (step.isDeviation ? "      <- deviation" : "")
        lines.append(
          Self.pad("\(step.number)", to: 4, isRight: true) + "  "
            + Self.pad(Self.time(step.time), to: 10) + "  " + Self.pad(step.taskName, to: 18) + "  "
            + Self.pad(step.actor.map { "on \($0)" } ?? "", to: 20) + "  \(step.ready)" + mark)
      case .time(let now):
        lines.append("      \(Self.pad(Self.time(now), to: 10))  -- time passes --")
      case .note(let text): lines.append("                  | \(text)")
      case .failure(let text): lines.append("                  ✗ \(text)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func pad(_ text: String, to width: Int, isRight: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return isRight ? space + text : text + space
  }

  private static func time(_ nanoseconds: Int64) -> String {
    "\(Duration.nanoseconds(nanoseconds))"
  }
}
