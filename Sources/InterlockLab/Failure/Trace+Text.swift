extension Trace: CustomStringConvertible {
  /// One line for each event.
  public var description: String { text(isFolded: true) }

  /// One line for each event.
  ///
  /// - Parameter isFolded: Whether steps of one task on no actor, with nothing between them, are one line.
  /// - Returns: the lines, under a heading.
  public func text(isFolded: Bool) -> String {
    var lines = ["step  time       task              where               ready"]
    var index = events.startIndex
    while index < events.endIndex {
      guard case .step(let step) = events[index] else {
        lines.append(Self.line(of: events[index]))
        index += 1
        continue
      }
      var last = step
      if isFolded, step.isPlain {
        while index + 1 < events.endIndex, case .step(let next) = events[index + 1], next.isPlain,
          next.task == step.task, next.time == step.time
        {
          last = next
          index += 1
        }
      }
      lines.append(Self.line(of: step, to: last))
      index += 1
    }
    return lines.joined(separator: "\n")
  }

  private static func line(of step: Step, to last: Step) -> String {
    let number = last.number == step.number ? "\(step.number)" : "\(step.number)-\(last.number)"
    var line =
      number.padded(to: 4, onTheLeft: true) + "  " + step.time.seconds.padded(to: 9) + "  "
      + step.taskName.padded(to: 16) + "  " + (step.actor.map { "on \($0)" } ?? "").padded(to: 18)
      + "  \(step.ready)"
    if step.isNested { line += "  inside the step before" }
    if step.isDeviation { line += "  <- deviation" }
    return line
  }

  private static func line(of event: Event) -> String {
    switch event {
    case .step(let step): line(of: step, to: step)
    case .time(let time): "      \(time.seconds.padded(to: 9))  -- time passes --"
    case .note(let text): "                 | \(text)"
    case .failure(let text): "                 ✗ \(text)"
    }
  }

  /// A column for each task.
  ///
  /// - Parameter width: Of each column.
  /// - Returns: the lines, under the tasks' names.
  public func columns(width: Int = 18) -> String {
    let tasks = tasks
    var lines = [
      "step  " + tasks.map { $0.name.cut(to: width - 2).padded(to: width) }.joined()
    ]
    for event in events {
      guard case .step(let step) = event else {
        lines.append(Self.line(of: event).trimmedOnTheRight)
        continue
      }
      let column = tasks.firstIndex { $0.number == step.task } ?? 0
      let mark = step.isDeviation ? "▶ " : step.isNested ? "↳ " : "• "
      let cell = (mark + (step.actor ?? "runs")).cut(to: width - 2)
      lines.append(
        "\(step.number)".padded(to: 4, onTheLeft: true) + "  "
          + (String(repeating: "·".padded(to: width), count: column) + cell).trimmedOnTheRight)
    }
    return lines.joined(separator: "\n")
  }
}

extension Trace.Step {
  /// Whether there is nothing to say but that it ran.
  fileprivate var isPlain: Bool { actor == nil && !isNested && !isDeviation }
}

extension Duration {
  /// In seconds, as short as it can be.
  var seconds: String {
    let nanoseconds = wholeNanoseconds
    let (whole, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard fraction != 0 else { return "\(whole) s" }
    var digits = String(String(1_000_000_000 + fraction).dropFirst())
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits) s"
  }
}

extension String {
  fileprivate func padded(to width: Int, onTheLeft isOnTheLeft: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return isOnTheLeft ? space + self : self + space
  }

  fileprivate func cut(to width: Int) -> String {
    count <= width ? self : String(prefix(width - 1)) + "…"
  }

  fileprivate var trimmedOnTheRight: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
