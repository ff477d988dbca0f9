internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockSystem

/// The node as its remote administration reaches it.
///
/// What an administrator changes is checked here and now, and put in force by the node's own task, in
/// the order it was asked for.
final class NodeAdministration: AdministrationHost {
  private struct State {
    var configuration: NodeConfiguration
    var readings = RadioReadings()
    /// The clients that are not on the disk yet.
    var unsaved: AccessList?
    var revision: UInt64 = 0
  }

  private let state: Guarded<State>
  private let log: NodeLog
  private let request: @Sendable (AdminChange) -> Bool
  private let wakeStore: AsyncStream<Void>.Continuation
  /// Tells that there are clients to save; one signal stands for any number.
  let unsaved: AsyncStream<Void>

  /// Makes the host.
  ///
  /// - Parameters:
  ///   - configuration: What is in force.
  ///   - access: The clients as they are on the disk.
  ///   - log: Where events go.
  ///   - request: Asks the node for a change; tells whether it will be made.
  init(
    _ configuration: NodeConfiguration, access: AccessList, log: NodeLog,
    request: @escaping @Sendable (AdminChange) -> Bool
  ) {
    state = Guarded(State(configuration: configuration, revision: access.revision))
    self.log = log
    self.request = request
    (unsaved, wakeStore) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: The node's side

  /// Takes note of what is in force now.
  func adopt(_ configuration: NodeConfiguration) {
    state.withLock { $0.configuration = configuration }
  }

  func note(_ event: ModemEvent) { state.withLock { $0.readings.note(event) } }

  /// The clients to save, if they are not on the disk.
  func takeUnsaved() -> AccessList? {
    state.withLock { state in
      defer { state.unsaved = nil }
      return state.unsaved
    }
  }

  /// Keeps clients that could not be saved, unless there are later ones.
  func putBack(_ access: AccessList) {
    state.withLock { state in
      if state.unsaved == nil { state.unsaved = access }
    }
  }

  // MARK: AdministrationHost

  func readings() -> AdminReadings {
    state.withLock { state in
      var readings = AdminReadings()
      let configuration = state.configuration
      readings.version = "interlock \(Version.current)"
      readings.ownerInfo = String(
        configuration.node.ownerInfo.map { $0 == "|" ? "\n" : $0 })
      readings.noiseFloorDBm = state.readings.noiseFloorDBm
      readings.transmitPowerDBm = configuration.radio.powerDBm
      readings.dutyCyclePercent = configuration.dutyCycle.percent
      readings.receiveErrors = UInt64(state.readings.receptionErrors)
      return readings
    }
  }

  func apply(_ change: AdminChange) throws(AdminCommandError) {
    let configuration = state.withLock { $0.configuration }
    _ = try configuration.changed(by: change)
    guard request(change) else {
      throw AdminCommandError("Error: the node is busy with other changes; try again")
    }
  }

  func store(_ access: AccessList) {
    let isNew = state.withLock { state in
      // Two threads may bring two lists in either order.
      guard access.revision > state.revision else { return false }
      state.revision = access.revision
      state.unsaved = access
      return true
    }
    if isNew { wakeStore.yield() }
  }

  func note(_ event: AdminEvent) { log.report(event.nodeEvent) }
}

extension AdminEvent {
  /// The event as the log tells it.
  fileprivate var nodeEvent: NodeEvent {
    func key(_ key: PublicKey) -> LogRecord.Field { .init("client", .text("\(key)")) }
    return switch self {
    case .loggedIn(let client, let permissions):
      .info("Client logged in", [key(client), .init("role", .text("\(permissions.role)"))])
    case .loginRefused(let client): .warning("Login refused", [key(client)])
    case .replayed(let client): .notice(.debug, "Repeated message ignored", [key(client)])
    case .commanded(let client, let command):
      .info("Command by radio", [key(client), .init("command", .text(command))])
    }
  }
}
