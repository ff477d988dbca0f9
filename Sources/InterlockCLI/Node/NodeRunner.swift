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

  /// Runs until a signal, or for a limited time.
  ///
  /// - Throws: `NodeError` when it cannot start or a part fails for good.
  func run(_ configuration: NodeConfiguration, for limit: Duration?) async throws {
    // Before anything else, so that a signal during the start is not lost.
    let signals = try Signals([.terminate, .interrupt, .reload])
    defer { signals.close() }
    let presentation = presentation
    let log = try NodeLog(
      configuration.log, isShownElsewhere: presentation.showsLog,
      observe: { presentation.show($0) })
    let random = SecureRandom()
    let source = source
    let node = try await Node(
      configuration, log: log,
      surroundings: Node.Surroundings(
        clock: clock, seed: random.next(), readConfiguration: { try source.read() },
        onHappening: { presentation.show($0) }))
    presentation.showStart(node, settings: try configuration.modemSettings())
    let result = await withTaskGroup(of: Void.self) { group in
      group.addTask { await obey(signals, node) }
      group.addTask { await showGauge(of: node) }
      let result: Result<Void, any Error>
      do {
        try await node.run(for: limit)
        result = .success(())
      } catch {
        result = .failure(error)
      }
      group.cancelAll()
      return result
    }
    presentation.showSummary(node.snapshot())
    await presentation.flush()
    try result.get()
  }

  /// Passes signals on; a second request to end is obeyed at once.
  private func obey(_ signals: Signals, _ node: Node) async {
    var isEnding = false
    // It ends with the cancellation of its task, which is all that the wait throws.
    while let arrived = try? await signals.next() {
      for signal in arrived {
        switch signal {
        case .reload: node.reload()
        case .terminate, .interrupt:
          if isEnding { ProcessEnvironment.exit(128 + signal.number) }
          isEnding = true
          node.stop()
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
