package import Interlock
internal import InterlockMeshCore
package import InterlockRadio
package import InterlockSimulation
internal import InterlockSystem

/// A repeater with everything around it: modem, pipeline, repeater, ledger, control socket.
///
/// It only wires: what is decided is decided in the machines. `run` owns every task; when it returns
/// nothing of the node runs any more.
///
/// *Cancellation:* of `run` stops the node as `stop` does.
package final class Node: Sendable {
  let paths: StatePaths
  let identity: Identity
  let log: NodeLog
  let clock: any MonotonicClock
  let pipeline: TransmitPipeline
  let repeater: Repeater
  let administration: NodeAdministration
  let accessStore: AccessStore
  let remoteSettings: RemoteSettings
  private let device: NodeDevice
  private let ledgerStore: LedgerStore
  private let control: ControlServer?
  /// Held as long as the node lives.
  private let stateLock: Guarded<StateLock?>
  private let readConfiguration: @Sendable () throws -> NodeConfiguration
  private let startedAt: Instant
  private let readings = Guarded(RadioReadings())
  let configuration: Guarded<NodeConfiguration>
  private let requests: NodeRequests
  /// What the operator should know about channel and power at the start.
  private let warnings: [String]

  /// What a node needs from whoever starts it.
  package struct Surroundings: Sendable {
    package var clock: any MonotonicClock
    package var seed: UInt64
    package var environment: @Sendable (String) -> String?
    /// Reads the configuration again.
    package var readConfiguration: @Sendable () throws -> NodeConfiguration
    /// What simulated people do.
    package var onHappening: @Sendable (MeshHappening) -> Void
    /// The radio; nil for the one the configuration names.
    package var modem: (any Modem)?

    package init(
      clock: any MonotonicClock, seed: UInt64, modem: (any Modem)? = nil,
      environment: @escaping @Sendable (String) -> String? = ProcessEnvironment.value,
      readConfiguration: @escaping @Sendable () throws -> NodeConfiguration,
      onHappening: @escaping @Sendable (MeshHappening) -> Void = { _ in }
    ) {
      self.clock = clock
      self.seed = seed
      self.modem = modem
      self.environment = environment
      self.readConfiguration = readConfiguration
      self.onHappening = onHappening
    }
  }

  /// Takes the state directory, loads identity and ledger, and makes the parts; nothing runs yet.
  ///
  /// - Throws: `NodeError` with what stands in the way.
  package init(
    _ configuration: NodeConfiguration, log: NodeLog, surroundings: Surroundings
  ) async throws {
    let paths = StatePaths(configuration, environment: surroundings.environment)
    // A second node on the same directory stops here, before it touches a file.
    let hasControl = configuration.control.enabled
    let (lock, control) = try await BlockingPool.shared.run {
      (try StateLock(paths), hasControl ? try ControlServer(path: paths.controlSocket) : nil)
    }
    stateLock = Guarded(lock)
    let (identity, notices) = try await configuration.loadIdentity(from: paths)
    for notice in notices { log.report(notice) }
    let remoteSettings = RemoteSettings(
      path: paths.remoteSettings, environment: surroundings.environment)
    let configuration = try await remoteSettings.applied(to: configuration)
    let accessStore = AccessStore(path: paths.accessList)
    let access = try await accessStore.load(identity: identity)
    let parts = try NodeParts(configuration)
    let store = LedgerStore(
      path: paths.ledger, clock: surroundings.clock, report: { log.report($0) })
    var seeds = SeededGenerator(seed: surroundings.seed)
    let deviceSeed = seeds.next()
    let device =
      try surroundings.modem.map { NodeDevice(modem: $0, neighbourhood: nil) }
      ?? NodeDevice(
        configuration, settings: parts.modem, identity: identity, clock: surroundings.clock,
        seed: deviceSeed, onHappening: surroundings.onHappening)
    let ledger = try await store.load(policy: parts.dutyCycle)
    let pipeline = TransmitPipeline(
      modem: device.modem, settings: parts.modem, ledger: ledger,
      mode: configuration.node.mode, policy: configuration.transmit, clock: surroundings.clock,
      seed: seeds.next(), record: { ledger in await store.save { ledger } },
      log: { log.report(.transmit($0)) })
    let requests = NodeRequests()
    let administration = NodeAdministration(
      configuration, access: access, log: log, request: { requests.change($0) })
    repeater = Repeater(
      identity: identity, configuration: parts.repeater, profile: configuration.advertProfile,
      administration: configuration.administration(
        identity: identity, access: access, host: administration),
      settings: parts.modem.lora, pipeline: pipeline, clock: surroundings.clock,
      seed: seeds.next(), unixTime: { UInt32(truncatingIfNeeded: WallClock.seconds) },
      log: { log.report(.repeater($0)) })
    repeater.setPasswords(configuration.passwords)
    self.requests = requests
    warnings = parts.warnings
    self.administration = administration
    self.accessStore = accessStore
    self.remoteSettings = remoteSettings
    self.configuration = Guarded(configuration)
    self.paths = paths
    self.identity = identity
    self.log = log
    self.pipeline = pipeline
    self.device = device
    self.control = control
    ledgerStore = store
    clock = surroundings.clock
    readConfiguration = surroundings.readConfiguration
    startedAt = surroundings.clock.now
  }

  // MARK: Asking

  /// Asks the node to end, whatever else it was asked for: no transmission begins any more, one under
  /// way ends, state is saved.
  package func stop() { requests.stop() }

  /// Asks the node to read its configuration again.
  package func reload() { requests.reload() }

  /// Everything countable, now.
  package func snapshot() -> NodeSnapshot {
    NodeSnapshot(
      name: configuration.withLock { $0.node.name }, publicKey: identity.publicKey,
      uptime: startedAt.duration(to: clock.now), allowance: pipeline.ledger.policy.name,
      transmit: pipeline.snapshot(),
      repeater: repeater.snapshot(), radio: readings.withLock { $0 })
  }

  /// Who lives around it, when that is simulated.
  package var inhabitants: [Neighbourhood.Inhabitant] { device.neighbourhood?.inhabitants ?? [] }

  // MARK: Running

  /// Runs until `stop`, for a limited time, or until a part fails for good.
  ///
  /// It returns within five seconds and one send deadline of the request.
  ///
  /// - Parameter limit: How long; nil for as long as nobody stops it.
  /// - Throws: `NodeError` when a part failed; `CancellationError` when the task was cancelled.
  package func run(for limit: Duration? = nil) async throws {
    log.report(.info("Node started", startFields))
    log.report(regulatory: warnings)
    let failure = await runServices(until: limit)
    // Owner: this call, which waits for it. It is no child task, because a cancellation must not keep
    // it from saving.
    await Task { await self.finish() }.value
    if let failure { throw failure }
    try Task.checkCancellation()
  }

  /// Saves what must survive, when nothing runs any more.
  private func finish() async {
    await ledgerStore.save { self.pipeline.ledger }
    await storeAccessNow()
    await keepForNextStart(requests.takeUndone())
    control?.close()
    // Nothing is written any more: another node may have the directory.
    _ = stateLock.withLock { $0.take() }
    log.report(.info("Node stopped"))
    await log.flush(clock: clock)
  }

  /// Runs every part until the node is to end, and ends them in order.
  private func runServices(until limit: Duration?) async -> (any Error)? {
    await withTaskGroup(of: (any Error)?.self) { group in
      if let neighbourhood = device.neighbourhood {
        add(to: &group) { try await neighbourhood.run() }
      }
      add(to: &group) { [pipeline] in try await pipeline.run() }
      add(to: &group) { [repeater] in try await repeater.run() }
      add(to: &group) { try await self.receive() }
      add(to: &group) { try await self.storeAccess() }
      add(to: &group) {
        try await self.ledgerStore.run(
          every: { self.configuration.withLock { $0.storage.ledgerInterval } },
          { self.pipeline.ledger })
      }
      if let control {
        add(to: &group) {
          try await control.run(clock: self.clock, report: { self.log.report($0) }) {
            await self.answer($0)
          }
        }
      }
      if let limit {
        add(to: &group) {
          try await self.clock.sleep(for: limit)
          self.stop()
        }
      }
      add(to: &group) { await self.obey() }
      await requests.stopped()
      // The transmission under way ends while the modem still listens.
      await pipeline.stop()
      group.cancelAll()
      return await group.reduce(nil) { first, next in first ?? next }
    }
  }

  /// Runs a part; one that fails for good takes the node with it.
  private func add(
    to group: inout TaskGroup<(any Error)?>, _ part: @escaping @Sendable () async throws -> Void
  ) {
    group.addTask {
      do {
        try await part()
        return nil
      } catch is CancellationError {
        return nil
      } catch {
        self.log.report(.error("A part of the node failed", [.init("cause", .text("\(error)"))]))
        self.stop()
        return NodeError(part: error)
      }
    }
  }

  private func obey() async {
    await requests.run { request in
      switch request {
      case .reload: await performReload()
      case .change(let change): await carryOut(change)
      }
    }
  }

  private func receive() async throws {
    try await device.modem.run { [self] event in
      readings.withLock { $0.note(event) }
      administration.note(event)
      repeater.handle(event)
      log.report(.modem(event))
    }
  }

  private func performReload() async {
    let revision = repeater.modeRevision
    let new: NodeConfiguration
    do {
      // A file may be on a disk that takes its time.
      let file = try await BlockingPool.shared.run(
        whenCancelled: .abandons, readConfiguration)
      new = try await remoteSettings.applied(to: file)
    } catch {
      return log.report(.error("Configuration not reloaded: \(error)"))
    }
    await apply(new, modeDecidedAt: revision)
  }

  private var startFields: [LogRecord.Field] {
    [
      .init("version", .text(Version.current)), .init("key", .text("\(identity.publicKey)")),
      .init("directory", .text(paths.directory)),
      .init("allowance", .text(pipeline.ledger.policy.name)),
    ]
  }
}

extension NodeError {
  /// Why a part failed for good.
  init(part error: any Error) {
    switch error {
    case let error as NodeError: self = error
    case let error as ModemError:
      self.init(
        .unreachable, "the modem cannot be used: \(error.what)",
        error.remedy ?? "see interlock doctor")
    case let error as SystemError: self.init(error, or: .failed, "see the log")
    default: self.init(.failed, "\(error)", "see the log")
    }
  }
}
