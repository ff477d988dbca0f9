internal import Interlock
internal import InterlockMeshCore
internal import InterlockModems
internal import InterlockRadio
internal import InterlockSimulation
internal import InterlockSystem

/// The modem a configuration means, and the world it is in when that is a simulated one.
struct NodeDevice: Sendable {
  let modem: any Modem
  let neighbourhood: Neighbourhood?

  init(modem: any Modem, neighbourhood: Neighbourhood?) {
    self.modem = modem
    self.neighbourhood = neighbourhood
  }

  /// Makes the modem; nothing is opened yet.
  ///
  /// - Throws: `NodeError` for what reading a configuration rules out.
  init(
    _ configuration: NodeConfiguration, settings: ModemSettings, identity: Identity,
    clock: any MonotonicClock, seed: UInt64,
    onHappening: @escaping @Sendable (MeshHappening) -> Void
  ) throws(NodeError) {
    let section = configuration.modem
    switch section.type {
    case .simulated:
      let neighbourhood = Neighbourhood(
        try Self.neighbourhood(configuration, settings: settings), clock: clock,
        onHappening: onHappening)
      self.neighbourhood = neighbourhood
      modem = neighbourhood.attach(key: identity.publicKey)
    case .kissSerial, .kissTCP:
      neighbourhood = nil
      modem = MeshCoreKISSModem(
        try Self.connection(section), settings: settings, clock: clock, seed: seed)
    case .tncSerial, .tncTCP:
      neighbourhood = nil
      modem = KISSTNCModem(
        try Self.connection(section), settings: settings, options: section.tncOptions,
        clock: clock, seed: seed)
    }
  }

  private static func connection(
    _ section: ModemSection
  ) throws(NodeError) -> ModemConnection {
    switch section.type {
    case .kissSerial, .tncSerial:
      guard let device = section.device else {
        throw NodeError(.badInput, "modem.device is not set", "name the serial device")
      }
      return .serial(path: device, bitsPerSecond: UInt32(section.baud))
    case .kissTCP, .tncTCP, .simulated:
      guard let host = section.host, let port = section.port.flatMap(UInt16.init(exactly:)) else {
        throw NodeError(
          .badInput, "modem.host and modem.port are not set", "name the modem's host and port")
      }
      return .tcp(host: host, port: port)
    }
  }

  private static func neighbourhood(
    _ configuration: NodeConfiguration, settings: ModemSettings
  ) throws(NodeError) -> NeighbourhoodSettings {
    let policy: DutyCyclePolicy
    do throws(SettingProblem) {
      policy = try configuration.dutyCyclePolicy()
    } catch {
      throw NodeError(.badInput, "dutyCycle \(error.message)", "correct the configuration")
    }
    var neighbourhood = NeighbourhoodSettings(
      modem: settings, dutyCycle: policy,
      unixTime: UInt32(truncatingIfNeeded: WallClock.seconds))
    let section = configuration.simulation
    neighbourhood.seed = UInt64(section.seed)
    neighbourhood.repeaters = section.repeaters
    neighbourhood.users = section.users
    neighbourhood.messageInterval = section.messageInterval
    neighbourhood.areaKilometres = section.areaKilometres
    return neighbourhood
  }
}

extension ModemSection {
  fileprivate var tncOptions: KISSTNCOptions {
    var options = KISSTNCOptions()
    options.startsWithTextCommands = textCommands
    if let bitRate { options.pace = .bitsPerSecond(bitRate) }
    if let ax25Source, let ax25Destination {
      options.wrapping = AX25Header(destination: ax25Destination, source: ax25Source)
    }
    return options
  }
}
