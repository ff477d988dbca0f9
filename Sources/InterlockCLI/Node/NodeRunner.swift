internal import Interlock
internal import InterlockCrypto
internal import InterlockNode
internal import InterlockSystem

/// Runs a node in this process: its signals, its clock, its picture.
struct NodeRunner: Sendable {
  /// How often the gauge is shown.
  private static let gaugeInterval = Duration.seconds(10)

  let source: ConfigurationSource
  let presentation: NodePresentation
  let clock = SystemClock()
  /// Makes the node; a test gives its own.
  var makeNode: @Sendable (NodeConfiguration, NodeLog, Node.Surroundings) async throws -> Node = {
    try await Node($0, log: $1, surroundings: $2)
  }

  /// Runs until a signal, or for a limited time.
  ///
  /// - Throws: `NodeError` when it cannot start or a part fails for good.
  func run(_ configuration: NodeConfiguration, for limit: Duration?) async throws {
    // Before anything else, so that a signal during the start is not lost.
    let signals = try Signals([.terminate, .interrupt, .reload])
    defer { signals.close() }
    let start = NodeStart()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await obey(signals, start) }
      defer { group.cancelAll() }
      guard let node = try await make(configuration, start) else { return }
      presentation.showStart(node, settings: try configuration.modemSettings())
      group.addTask { await showGauge(of: node) }
      let result: Result<Void, any Error>
      do {
        try await node.run(for: limit)
        result = .success(())
      } catch {
        result = .failure(error)
      }
      presentation.showSummary(node.snapshot())
      await presentation.flush()
      try result.get()
    }
  }

  /// The node and its log; nil when a signal came first.
  private func make(
    _ configuration: NodeConfiguration, _ start: NodeStart
  ) async throws -> Node? {
    let presentation = presentation
    // The file may be on a disk that takes its time.
    let log = try await BlockingPool.shared.run {
      try NodeLog(
        configuration.log, isShownElsewhere: presentation.showsLog,
        observe: { presentation.show($0) })
    }
    let source = source
    let surroundings = Node.Surroundings(
      clock: clock, seed: SecureRandom().next(), readConfiguration: { try source.read() },
      onHappening: { presentation.show($0) })
    let node = try await start.node { try await makeNode(configuration, log, surroundings) }
    if node == nil {
      log.report(.info("Node asked to end before it had started"))
      await log.flush(clock: clock)
      await presentation.flush()
    }
    return node
  }

  /// Passes signals on; a second request to end is obeyed at once.
  private func obey(_ signals: Signals, _ start: NodeStart) async {
    var isEnding = false
    // It ends with the cancellation of its task, which is all that the wait throws.
    while let arrived = try? await signals.next() {
      for signal in arrived {
        switch signal {
        case .reload: start.reload()
        case .terminate, .interrupt:
          if isEnding { ProcessEnvironment.exit(128 + signal.number) }
          isEnding = true
          start.stop()
        }
      }
    }
  }

  private func showGauge(of node: Node) async {
    // It ends with the cancellation of its task, which is what the sleep throws.
    while (try? await clock.sleep(for: Self.gaugeInterval)) != nil {
      presentation.showGauge(node.snapshot())
    }
  }
}
