internal import Interlock
internal import InterlockCommandLine
internal import InterlockNode
internal import InterlockRadio
internal import InterlockSimulation
internal import InterlockSystem

/// How a running node is shown: to a person, to a program, or not at all.
struct NodePresentation: Sendable {
  private enum Form: Sendable {
    case view(NodeView)
    case lines(NodeEventLines)
    case nothing
  }

  private let form: Form
  private let output: LineWriter
  /// Whether standard error would show a person what the view shows already.
  let showsLog: Bool
  /// The level from which on the log writes to where the view goes: those events are not shown twice.
  private let levelBeside: LogLevel?

  init(_ console: Console, log: LogSection, asJSON: Bool, isQuiet: Bool) {
    output = LineWriter(console)
    let isShared = log.file == nil && StandardStream.output.isSame(as: .error)
    levelBeside = isShared && !asJSON && !console.isTerminal ? log.level : nil
    if isQuiet {
      form = .nothing
    } else if asJSON {
      form = .lines(NodeEventLines(output: output, start: SystemClock().now))
    } else {
      form = .view(NodeView(output: output, isTerminal: console.isTerminal))
    }
    showsLog = !isQuiet && console.isTerminal && StandardStream.error.isTerminal
  }

  func show(_ event: NodeEvent) {
    if let levelBeside, let record = event.record, record.level >= levelBeside { return }
    switch form {
    case .view(let view): view.show(event)
    case .lines(let lines): lines.show(event)
    case .nothing: break
    }
  }

  func show(_ happening: MeshHappening) {
    switch form {
    case .view(let view): view.show(happening)
    case .lines(let lines): lines.show(happening)
    case .nothing: break
    }
  }

  func showStart(_ node: Node, settings: ModemSettings) {
    guard case .view(let view) = form else { return }
    view.introduce(node.inhabitants)
    view.showStart(node.snapshot(), settings: settings)
  }

  func showGauge(_ node: NodeSnapshot) {
    switch form {
    case .view(let view): view.showGauge(node)
    case .lines(let lines): lines.show(node, as: "stats")
    case .nothing: break
    }
  }

  func showSummary(_ node: NodeSnapshot) {
    switch form {
    case .view(let view): view.showSummary(node)
    case .lines(let lines): lines.show(node, as: "summary")
    case .nothing: break
    }
  }

  /// Waits until everything shown so far is written, unless the reader has stopped reading.
  func flush() async { await output.flushBeforeEnd() }
}
