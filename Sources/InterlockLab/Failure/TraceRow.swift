/// One line of a trace, as text or on a page: something that happened, and what was said of it.
struct TraceRow: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    /// A step, or several of one task with nothing to tell between them.
    case step(Trace.Step, upTo: Int)
    case time(Duration)
    case fault
    /// Something was said before the first step.
    case nothing
  }

  enum Remark: Sendable, Hashable {
    /// Here the schedule is not the default one: why.
    case deviation(String)
    /// The step ran inside another, which had given up a lock.
    case inside(step: Int)
    case fault(String)
    case note(String)
    case failure(String)

    /// As it is written.
    var text: String {
      switch self {
      case .deviation(let usual): "← deviation: \(usual)"
      case .inside(let step): "inside step \(step)"
      case .fault(let text): "↯ \(text)"
      case .note(let text): "| \(text)"
      case .failure(let text): "✗ \(text)"
      }
    }
  }

  let subject: Subject
  fileprivate(set) var remarks: [Remark] = []

  /// The step that the line begins with.
  var step: Trace.Step? {
    if case .step(let step, _) = subject { step } else { nil }
  }

  /// Whether the default schedule goes another way here.
  var isDeviation: Bool {
    remarks.contains { if case .deviation = $0 { true } else { false } }
  }

  /// Whether this is where it went wrong.
  var isFailure: Bool {
    remarks.contains { if case .failure = $0 { true } else { false } }
  }

  /// Whether `next` can be told on the same line.
  fileprivate func continues(with next: Trace.Step) -> Bool {
    guard let step, remarks.isEmpty else { return false }
    return step.isPlain && next.isPlain && next.task == step.task && next.time == step.time
  }
}

extension Trace {
  /// The trace as lines.
  ///
  /// - Parameter isFolded: Whether steps of one task on no actor, with nothing between them, are one line.
  /// - Returns: the lines, in order.
  func rows(isFolded: Bool) -> [TraceRow] {
    var rows: [TraceRow] = []
    var outermost = 0
    func remark(_ remark: TraceRow.Remark) {
      if rows.isEmpty { rows.append(TraceRow(subject: .nothing)) }
      rows[rows.count - 1].remarks.append(remark)
    }
    for event in events {
      switch event {
      case .step(let step):
        if isFolded, let last = rows.last, last.continues(with: step), let first = last.step {
          rows[rows.count - 1] = TraceRow(subject: .step(first, upTo: step.number))
        } else {
          rows.append(TraceRow(subject: .step(step, upTo: step.number)))
        }
        if step.isNested { remark(.inside(step: outermost)) } else { outermost = step.number }
        if let usual = step.insteadOf { remark(.deviation("\(usual) was next")) }
      case .time(let time, let isDeviation):
        rows.append(TraceRow(subject: .time(time)))
        if isDeviation { remark(.deviation("somebody was ready")) }
      case .fault(let text): rows.append(TraceRow(subject: .fault, remarks: [.fault(text)]))
      case .choice(let choice, let count):
        remark(.deviation("choice \(choice) of 0…\(count - 1)"))
      case .note(let text): remark(.note(text))
      case .failure(let text): remark(.failure(text))
      }
    }
    return rows
  }
}

extension Trace.Step {
  /// Whether there is nothing to say but that it ran.
  fileprivate var isPlain: Bool { actor == nil && !isNested && !isDeviation }
}
