internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockSystem
internal import InterlockWire

/// Tells how far an exploration has come: on a terminal always, elsewhere when asked.
struct ProgressTeller: Sendable {
  private enum Style {
    case none
    /// One line of a terminal, written over.
    case terminal
    case lines
    /// An object a line on standard output.
    case json
  }

  private let scenario: Scenario
  private let console: Console
  private let style: Style
  private let start = ContinuousClock.now

  init(_ scenario: Scenario, _ console: Console, isJSON: Bool, isAsked: Bool) {
    self.scenario = scenario
    self.console = console
    style =
      isJSON
      ? (isAsked ? .json : .none)
      : StandardStream.error.isTerminal ? .terminal : isAsked ? .lines : .none
  }

  func tell(_ progress: ExplorationProgress) {
    tell(schedules: progress.schedules, steps: progress.steps)
  }

  func tell(schedules: Int, steps: Int) {
    switch style {
    case .none: break
    case .terminal: console.writeError("\r\u{1B}[K\(text(schedules))")
    case .lines: console.writeError("\(text(schedules))\n")
    case .json:
      var object = JSONObject()
      object["scenario"] = .string(scenario.name)
      object["schedules"] = .integer(schedules)
      object["steps"] = .integer(steps)
      print(object)
    }
  }

  /// A schedule begins that may end this process: a program that listens is told of each.
  func tell(begun schedule: Int) {
    guard case .json = style else { return }
    var object = JSONObject()
    object["scenario"] = .string(scenario.name)
    object["schedules"] = .integer(schedule)
    print(object)
  }

  private func print(_ object: JSONObject) {
    do { try console.print(JSONValue.object(object).serialized()) } catch {
      // Whoever wanted it is gone.
      ProcessEnvironment.exit(ExitStatus.done.rawValue)
    }
  }

  /// Leaves no trace on a terminal.
  func end() {
    if case .terminal = style { console.writeError("\r\u{1B}[K") }
  }

  private func text(_ schedules: Int) -> String {
    let elapsed = start.duration(to: .now)
    let seconds = max(1, Double(elapsed.components.seconds))
    return "\(scenario.name): \(schedules) schedules, \(Int(Double(schedules) / seconds)) a second"
  }
}

extension Console {
  /// Prints lines; that nobody reads on changes nothing of how the command ends.
  ///
  /// - Throws: `OutputError`; `SilentEnd` with `status` when the reader has had enough.
  func print(_ lines: [String], unlessOver status: ExitStatus) throws {
    do throws(OutputError) {
      for line in lines { try print(line) }
    } catch {
      guard error.isReaderGone else { throw error }
      throw SilentEnd(status)
    }
  }
}
