extension Trace: CustomStringConvertible {
  /// One line for each step, those that only follow one another in one.
  public var description: String { text(isFolded: true) }

  /// One line for each step: when, which task, on which actor, how many were ready, and what was said.
  ///
  /// - Parameter isFolded: Whether steps of one task on no actor, with nothing between them, are one line.
  /// - Returns: the lines, under a heading.
  public func text(isFolded: Bool) -> String {
    var cells = [["step", "time", "task", "where", "ready", "note"]]
    for row in rows(isFolded: isFolded) {
      var lead: [String]
      switch row.subject {
      case .step(let step, let last):
        lead = [
          Self.numbers(step.number, last), step.time.seconds, step.taskName,
          step.actor.map { "on \($0)" } ?? "", "\(step.ready)",
        ]
      case .time(let time): lead = ["", time.seconds, "— time —", "", ""]
      case .fault, .nothing: lead = ["", "", "", "", ""]
      }
      // A remark of several lines, or a second one, goes on below the first.
      let lines = row.remarks.flatMap { $0.text.split(separator: "\n").map(String.init) }
      for line in lines.isEmpty ? [""] : lines {
        cells.append(lead + [line])
        lead = ["", "", "", "", ""]
      }
    }
    return Self.aligned(cells)
  }

  private static func numbers(_ first: Int, _ last: Int) -> String {
    first == last ? "\(first)" : "\(first)-\(last)"
  }

  /// Lines of cells with the columns under one another, the first one to the right.
  private static func aligned(_ lines: [[String]]) -> String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      zip(cells, widths).enumerated().map { column, cell in
        cell.0.padded(to: cell.1, onTheLeft: column == 0)
      }.joined(separator: "  ").trimmedOnTheRight
    }.joined(separator: "\n")
  }

  /// A column for each task, with what a step said below it.
  ///
  /// - Parameter width: What a line may have, if the tasks are few enough; nil for any.
  /// - Returns: the lines, under the tasks' names.
  public func columns(width: Int? = nil) -> String {
    let tasks = tasks
    let rows = rows(isFolded: false)
    let needed = tasks.map { task in
      let cells = rows.compactMap(\.step).filter { $0.task == task.number }.map(Self.cell)
      return ([task.name] + cells).map(\.count).max() ?? 0
    }
    let share = width.map { max(6, ($0 - Self.gutter) / max(1, tasks.count) - 2) } ?? .max
    let widths = needed.map { min($0, share) }
    func line(_ number: String, _ column: Int, _ text: String) -> String {
      let before = widths[..<column].map { "·".padded(to: $0) + "  " }.joined()
      return (number.padded(to: Self.gutter - 2, onTheLeft: true) + "  " + before + text)
        .trimmedOnTheRight
    }
    let names = zip(tasks, widths).map { $0.name.cut(to: $1).padded(to: $1) }
    var lines = [line("step", 0, names.joined(separator: "  "))]
    var column = 0
    for row in rows {
      switch row.subject {
      case .step(let step, _):
        column = tasks.firstIndex { $0.number == step.task } ?? 0
        lines.append(line("\(step.number)", column, Self.cell(step).cut(to: widths[column])))
      case .time(let time): lines.append(line("", 0, "— \(time.seconds) —"))
      case .fault, .nothing: break
      }
      for remark in row.remarks {
        for text in remark.text.split(separator: "\n") {
          lines.append(line("", row.step == nil ? 0 : column, "  \(text)"))
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The width of the steps' numbers.
  private static let gutter = 6

  private static func cell(_ step: Step) -> String {
    (step.isDeviation ? "▶ " : step.isNested ? "↳ " : "• ") + (step.actor ?? "runs")
  }
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
