public import Interlock
public import InterlockMeshCore
internal import InterlockRadio

/// Simulated repeaters and talkative people around a real node, on a clock.
///
/// The node is given a modem whose radio stands in their midst; nothing else of it knows that the
/// world is not real. The neighbours are made of the same machines as the node.
///
/// ```swift
/// let neighbourhood = Neighbourhood(settings, clock: SystemClock()) { print($0) }
/// let modem = neighbourhood.attach(key: identity.publicKey)
/// try await withThrowingTaskGroup { group in
///   group.addTask { try await neighbourhood.run() }
///   group.addTask { try await node.run(on: modem) }
///   try await group.next()
/// }
/// ```
///
/// On a virtual clock it is repeatable: what happens follows from the seed.
public final class Neighbourhood: Sendable {
  /// Somebody who lives there.
  public struct Inhabitant: Sendable, Hashable {
    /// What people call it.
    public let name: String
    /// Repeater or companion.
    public let role: MeshPlan.Role
    /// Where it stands, seen from the node.
    public let position: Position
    /// Its address.
    public let publicKey: PublicKey
  }

  /// Who lives there: the repeaters, then the people.
  public let inhabitants: [Inhabitant]
  private let settings: NeighbourhoodSettings
  private let air: LiveAir

  /// Makes a neighbourhood whose time begins now.
  ///
  /// - Parameters:
  ///   - settings: what it is like.
  ///   - clock: what its time passes by.
  ///   - onHappening: told what people do, by the task that runs the neighbourhood; it returns soon.
  public init(
    _ settings: NeighbourhoodSettings, clock: any MonotonicClock,
    onHappening: (@Sendable (MeshHappening) -> Void)? = nil
  ) {
    let world = MeshWorld(settings.plan(), seed: settings.seed, start: clock.now)
    self.settings = settings
    inhabitants = zip(world.plan.sites, world.nodes).map { site, node in
      Inhabitant(
        name: site.name, role: site.role, position: site.position,
        publicKey: node.identity.publicKey)
    }
    air = LiveAir(world: world, clock: clock, onHappening: onHappening)
  }

  /// Puts a radio into the neighbourhood and gives the modem that drives it.
  ///
  /// - Parameters:
  ///   - key: the address of the repeater that will use it; nil if nobody is to send over it.
  ///   - position: where its radio stands; nobody else stands in the middle.
  ///   - device: what the modem calls itself.
  ///   - faults: what it will do wrong.
  /// - Returns: the modem.
  public func attach(
    key: PublicKey?, at position: Position = .origin, device: String = "simulated modem",
    faults: ModemFaults = ModemFaults()
  ) -> SimulatedModem {
    air.attach(
      Radio(position: position, settings: settings.modem), relaysAs: key?.hash, device: device,
      faults: faults)
  }

  /// Lets its time pass until the task is cancelled.
  ///
  /// Only one task may run a neighbourhood at a time.
  ///
  /// - Throws: `CancellationError` when it is.
  public func run() async throws {
    try await air.run()
  }
}
