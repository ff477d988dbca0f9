extension Trace {
  /// One page that needs nothing else: the tasks as lanes over steps, deviations marked.
  ///
  /// - Parameters:
  ///   - title: What was explored.
  ///   - schedule: The replay string.
  /// - Returns: the page.
  public func html(title: String, schedule: String) -> String {
    let tasks = tasks
    let (left, top, lane, column) = (150, 40, 46, 34)
    var column0 = 0
    var drawn: [String] = []
    var rows: [String] = []
    var previous: (x: Int, y: Int)?
    for event in events {
      let x = left + column0 * column
      switch event {
      case .step(let step):
        let row = tasks.firstIndex { $0.number == step.task } ?? 0
        let y = top + row * lane + lane / 2
        if let previous {
          drawn.append(
            "<path class=\"turn\" d=\"M\(previous.x) \(previous.y) L\(x + column / 2) \(y)\"/>")
        }
        let kind = step.isDeviation ? "step deviation" : step.actor == nil ? "step" : "step actor"
        drawn.append(
          "<g><title>\(Self.escape(Self.tip(of: step)))</title><rect class=\"\(kind)\" x=\"\(x + 3)\" "
            + "y=\"\(y - 11)\" width=\"\(column - 6)\" height=\"22\" rx=\"5\"/><text class=\"number\" "
            + "x=\"\(x + column / 2)\" y=\"\(y + 4)\">\(step.number)</text></g>")
        previous = (x + column / 2, y)
        column0 += 1
        rows.append(
          Self.row(
            "\(step.number)", step.time.seconds, step.taskName, step.actor ?? "",
            step.isDeviation ? "deviation" : step.isNested ? "inside the step before" : "",
            isMarked: step.isDeviation))
      case .time(let time):
        let bottom = top + tasks.count * lane
        drawn.append(
          "<line class=\"time\" x1=\"\(x)\" y1=\"\(top)\" x2=\"\(x)\" y2=\"\(bottom)\"/>"
            + "<text class=\"label\" x=\"\(x + 2)\" y=\"\(top - 8)\">\(time.seconds)</text>")
        rows.append(Self.row("", time.seconds, "", "", "time passes", isMarked: false))
      case .note(let text): rows.append(Self.row("", "", "", "", text, isMarked: false))
      case .failure(let text): rows.append(Self.row("", "", "", "", "✗ " + text, isMarked: true))
      }
    }
    let lanes = tasks.enumerated().map { index, task in
      let y = top + index * lane + lane / 2
      return "<line class=\"lane\" x1=\"\(left)\" y1=\"\(y)\" x2=\"\(left + column0 * column)\" "
        + "y2=\"\(y)\"/><text class=\"task\" x=\"8\" y=\"\(y + 4)\">\(Self.escape(task.name))</text>"
    }
    let (width, height) = (left + column0 * column + 20, top + tasks.count * lane + 10)
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(Self.escape(title))</title>
      <meta name="viewport" content="width=device-width, initial-scale=1"><style>\(Self.style)</style></head>
      <body><h1>\(Self.escape(title))</h1><p><code>\(Self.escape(schedule))</code></p>
      <div class="lanes"><svg width="\(width)" height="\(height)" role="img" \
      aria-label="Tasks as lanes over steps; the table below says the same">
      \(lanes.joined(separator: "\n"))
      \(drawn.joined(separator: "\n"))
      </svg></div>
      <p><span class="key step"></span> on no actor <span class="key actor"></span> on an actor \
      <span class="key deviation"></span> the default schedule would have run another</p>
      <table><thead><tr><th>step</th><th>time</th><th>task</th><th>where</th><th></th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></body></html>

      """
  }

  private static func tip(of step: Step) -> String {
    let place = step.actor.map { " on \($0)" } ?? ""
    return
      "step \(step.number), \(step.time.seconds): \(step.taskName)\(place), \(step.ready) ready"
  }

  private static func row(
    _ number: String, _ time: String, _ task: String, _ place: String, _ note: String,
    isMarked: Bool
  ) -> String {
    let cells = [number, time, task, place, note].map { "<td>\(escape($0))</td>" }.joined()
    return "<tr\(isMarked ? " class=\"marked\"" : "")>\(cells)</tr>"
  }

  private static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  private static let style = """
    :root{--ink:#1d2330;--paper:#fbfbf9;--soft:#d9dce3;--step:#8a93a6;--actor:#3d6fb4;--mark:#c2410c}
    @media (prefers-color-scheme:dark){:root{--ink:#e7e9ee;--paper:#161a22;--soft:#39404e;--step:#6b7488}}
    body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem}
    h1{font-size:1.3rem}code{word-break:break-all}.lanes{overflow-x:auto}
    .lane,.time{stroke:var(--soft)}.time{stroke-dasharray:3 4}.turn{stroke:var(--soft);fill:none}
    .step{fill:var(--step);background:var(--step)}.actor{fill:var(--actor);background:var(--actor)}
    .deviation{fill:var(--mark);background:var(--mark)}
    .number{fill:#fff;font-size:11px;text-anchor:middle}.task{fill:var(--ink);font-size:13px}
    .label{fill:var(--ink);font-size:11px}
    .key{display:inline-block;width:1em;height:1em;border-radius:3px;vertical-align:-2px;margin-left:1em}
    table{border-collapse:collapse;margin-top:1.5rem}td,th{padding:.15rem .8rem .15rem 0;text-align:left}
    .marked td{color:var(--mark);font-weight:600}
    """
}
