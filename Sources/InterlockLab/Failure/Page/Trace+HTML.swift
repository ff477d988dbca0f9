extension Trace {
  /// One page that needs nothing else: a lane for each task, steps downwards, deviations and the failure marked.
  ///
  /// It is a table, so it can be read aloud, copied and printed.
  ///
  /// - Parameters:
  ///   - title: What was explored.
  ///   - schedule: The replay string.
  /// - Returns: the page, in HTML.
  public func html(title: String, schedule: String) -> String {
    TracePage(trace: self, title: title, schedule: schedule).source
  }
}

/// The page of a trace.
struct TracePage {
  private let title: String
  private let schedule: String
  private let rows: [TraceRow]
  private let lanes: [Lane]
  private let actors: [String]

  /// A task, and the rows between which it took steps.
  private struct Lane {
    let task: Int32
    let name: String
    let life: ClosedRange<Int>
  }

  init(trace: Trace, title: String, schedule: String) {
    self.title = title
    self.schedule = schedule
    let rows = trace.rows(isFolded: false)
    self.rows = rows
    lanes = trace.tasks.map { task in
      let own = rows.indices.filter { rows[$0].step?.task == task.number }
      return Lane(task: task.number, name: task.name, life: (own.first ?? 0)...(own.last ?? 0))
    }
    actors = rows.compactMap { $0.step?.actor }.reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  var source: String {
    let head = Markup.element(
      "head", [:],
      [
        .verbatim("<meta charset=\"utf-8\"/><meta name=\"color-scheme\" content=\"light dark\"/>"),
        .verbatim("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"),
        .element("title", [:], ["\(title)"]), .element("style", [:], [.verbatim(Self.style)]),
      ])
    let body = Markup.element("body", [:], [header, table])
    return "<!DOCTYPE html>\n" + Markup.element("html", ["lang": "en"], [head, body]).source + "\n"
  }

  // MARK: What is said first

  private var header: Markup {
    let failure = rows.flatMap(\.remarks).compactMap { remark in
      if case .failure(let text) = remark { text } else { nil }
    }.first
    let deviations = links(to: rows.indices.filter { rows[$0].isDeviation })
    let failures = links(to: rows.indices.filter { rows[$0].isFailure })
    return .element(
      "header", [:],
      [
        .element("h1", [:], ["\(title)"]),
        .element(
          "p", ["class": failure == nil ? "verdict" : "verdict failed"],
          ["\(failure.map { "✗ \($0)" } ?? "✓ nothing went wrong")"]),
        .element(
          "dl", [:],
          fact("replay", [.element("code", [:], ["\(schedule)"])]) + fact("extent", ["\(extent)"])
            + fact(
              "deviations", deviations.isEmpty ? ["none: this is the default schedule"] : deviations
            )
            + (failures.isEmpty ? [] : fact("fails", failures))),
        legend,
      ])
  }

  private func fact(_ name: Markup, _ value: [Markup]) -> [Markup] {
    [.element("dt", [:], [name]), .element("dd", [:], value)]
  }

  private var extent: String {
    let steps = rows.compactMap(\.step)
    let time = rows.compactMap { row in
      if case .time(let time) = row.subject { time } else { nil }
    }.last
    return "\(steps.count) steps of \(lanes.count) tasks"
      + (time.map { ", \($0.seconds) of virtual time" } ?? "")
  }

  private func links(to places: [Int]) -> [Markup] {
    places.flatMap { place -> [Markup] in
      let what =
        switch rows[place].subject {
        case .step(let step, _): "step \(step.number)"
        case .time(let time): "at \(time.seconds)"
        case .fault, .nothing: "between steps"
        }
      return [.element("a", ["href": "#\(Self.anchor(place))"], ["\(what)"]), " "]
    }
  }

  private var legend: Markup {
    let keys: [(kind: String, meaning: Markup)] = [
      ("step", "a step on no actor"), ("step a0", "one on an actor, each in its own colour"),
      ("step deviating", "a deviation: the default schedule would have run another task"),
    ]
    return .element(
      "ul", ["class": "legend"],
      keys.map { key in
        .element("li", [:], [.element("span", ["class": key.kind], ["runs"]), " ", key.meaning])
      } + [
        .element("li", [:], ["Time runs down; where a line goes across, another task goes on."])
      ])
  }

  // MARK: The lanes

  private var table: Markup {
    let names = lanes.map { Markup.element("th", ["scope": "col"], ["\($0.name)"]) }
    let heading: [Markup] = [
      .element("th", ["scope": "col"], ["step"]), .element("th", ["scope": "col"], ["time"]),
    ]
    var lines: [Markup] = []
    var previous: Int?
    var outer: Int?
    for index in rows.indices {
      let lane = rows[index].step.flatMap { step in
        lanes.firstIndex { $0.task == step.task }
      }
      if let step = rows[index].step, !step.isNested { outer = lane }
      lines.append(line(index, lane: lane, from: previous, outer: outer))
      // After time has passed nobody goes on from somebody else.
      previous = lane
    }
    return .element(
      "table", [:],
      [
        .element("thead", [:], [.element("tr", [:], heading + names)]),
        .element("tbody", [:], lines.flatMap { ["\n", $0] }),
      ])
  }

  private func line(_ index: Int, lane: Int?, from previous: Int?, outer: Int?) -> Markup {
    let row = rows[index]
    let marks = [row.isDeviation ? "deviating" : "", row.isFailure ? "failing" : ""]
    var cells: [Markup]
    var kind = ""
    switch row.subject {
    case .step(let step, _):
      cells = [
        .element(
          "th", ["scope": "row"],
          [.element("a", ["href": "#\(Self.anchor(index))"], ["\(step.number)"])]),
        .element("td", ["class": "time"], ["\(step.time.seconds)"]),
      ]
    case .time(let time):
      kind = "jump"
      cells = [
        .element(
          "th", ["scope": "row", "colspan": "2", "title": "time passes"], ["→ \(time.seconds)"])
      ]
    case .fault, .nothing:
      kind = "fault"
      cells = [.element("th", ["scope": "row", "colspan": "2"])]
    }
    // What belongs to no task stands in the first lane.
    let place = lane ?? 0
    cells += lanes.indices.map { column in
      let turns = lane.map { Turn(from: previous ?? $0, to: $0, at: column) } ?? .straight
      let holds = row.step?.isNested == true && column == outer && column != place
      let classes = [
        lanes[column].life.contains(index) ? "live" : "", turns.name, holds ? "held" : "",
        column == place && isFar(column) && !row.remarks.isEmpty ? "far" : "",
      ]
      return .element(
        "td", ["class": Self.joined(classes)], column == place ? content(of: row) : [])
    }
    return .element(
      "tr", ["id": Self.anchor(index), "class": Self.joined([kind] + marks)], cells)
  }

  /// Whether what is said in a lane goes to its left, where there is room.
  private func isFar(_ column: Int) -> Bool { lanes.count > 3 && column * 2 >= lanes.count }

  private func content(of row: TraceRow) -> [Markup] {
    var content: [Markup] = []
    if let step = row.step {
      let colour = step.actor.flatMap(actors.firstIndex).map { "a\($0 % Self.colours)" } ?? ""
      content.append(
        .element(
          "span",
          [
            "class": Self.joined(["step", colour, step.isDeviation ? "deviating" : ""]),
            "title": Self.tip(of: step),
          ], ["\(step.actor ?? "runs")"]))
    }
    let remarks = row.remarks.map { remark in
      Markup.element("div", ["class": remark.kind], ["\(remark.text)"])
    }
    return remarks.isEmpty
      ? content : content + [.element("div", ["class": "remarks"], remarks)]
  }

  private static func tip(of step: Trace.Step) -> String {
    "step \(step.number), \(step.time.seconds): \(step.taskName)"
      + (step.actor.map { " on \($0)" } ?? "") + ", \(step.ready) ready"
  }

  private static func anchor(_ row: Int) -> String { "r\(row + 1)" }

  private static func joined(_ classes: [String]) -> String {
    classes.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

extension TraceRow.Remark {
  fileprivate var kind: String {
    switch self {
    case .deviation: "deviation"
    case .inside: "inside"
    case .fault: "fault"
    case .note: "note"
    case .failure: "failure"
    }
  }
}

/// What the line from one step's lane to the next one's looks like in the lane `column`.
private enum Turn {
  case straight, left, right, across

  init(from start: Int, to end: Int, at column: Int) {
    let (low, high) = (min(start, end), max(start, end))
    self =
      low == high || column < low || column > high
      ? .straight : column == low ? .right : column == high ? .left : .across
  }

  var name: String {
    switch self {
    case .straight: ""
    case .left: "left"
    case .right: "right"
    case .across: "across"
    }
  }
}
