internal import Interlock
public import InterlockMeshCore
public import InterlockRadio

/// What a simulated mesh is made of, and what is said in it.
public struct MeshPlan: Sendable {
  /// What a node does with what it hears.
  public enum Role: Sendable, Hashable {
    /// Passes it on.
    case repeater
    /// Reads it: a person with a handset.
    case companion
  }

  /// One node of the mesh.
  public struct Site: Sendable, Hashable {
    /// What people call it.
    public var name: String
    /// What it does.
    public var role: Role
    /// Where its radio stands.
    public var position: Position

    /// Makes a site.
    public init(name: String, role: Role, position: Position) {
      self.name = name
      self.role = role
      self.position = position
    }
  }

  /// The nodes; their order numbers their radios.
  public var sites: [Site]
  /// Links whose loss does not follow from the distance.
  public var links: [Topology.Link] = []
  /// How signals fade.
  public var pathLoss = PathLoss(exponent: 3.5, shadowingDB: 6)
  /// Channel, modulation and power of all.
  public var modem: ModemSettings
  /// The rule every radio keeps about its airtime.
  public var dutyCycle: DutyCyclePolicy
  /// The bounds and options of every transmit queue.
  public var transmit = TransmitPolicy()
  /// What every repeater passes on, and when.
  public var repeater = RepeaterConfiguration()
  /// Who says what, how often.
  public var traffic = MeshTraffic()
  /// The time at the first instant on everybody's wall, in Unix seconds.
  public var unixTime: UInt32 = 1_800_000_000
  /// Whether to keep what people do, to be shown.
  var keepsHappenings = false

  /// Makes a plan.
  ///
  /// - Parameters:
  ///   - sites: the nodes.
  ///   - modem: channel, modulation and power of all.
  ///   - dutyCycle: the rule every radio keeps.
  public init(sites: [Site], modem: ModemSettings, dutyCycle: DutyCyclePolicy) {
    self.sites = sites
    self.modem = modem
    self.dutyCycle = dutyCycle
  }
}

extension MeshPlan {
  /// The key of the channel everybody talks on, which is no secret.
  static let publicChannelKey: [UInt8] = [
    0x8B, 0x33, 0x87, 0xE9, 0xC5, 0xCD, 0xEA, 0x6A, 0xC9, 0xE5, 0xED, 0xBA, 0xA1, 0x15, 0xCD, 0x72,
  ]
  /// Decibels to spare on the links by which a planned mesh holds together.
  static let linkMarginDB = 6.0
  /// How far from a repeater its companions are, as a part of the reach.
  static let companionDistance = 0.4

  /// A town: repeaters scattered so that each is in reach of another, companions around them.
  ///
  /// - Parameters:
  ///   - repeaters: how many.
  ///   - companions: how many.
  ///   - modem: channel, modulation and power of all.
  ///   - dutyCycle: the rule every radio keeps.
  ///   - spread: the radius of the town as a multiple of the distance that one good link covers,
  ///     for a hundred repeaters; it grows with the root of their number.
  ///   - seed: what places are drawn from.
  /// - Returns: the plan, with the default traffic.
  public static func town(
    repeaters: Int, companions: Int, modem: ModemSettings, dutyCycle: DutyCyclePolicy,
    spread: Double = 5, seed: UInt64
  ) -> MeshPlan {
    var generator = SeededGenerator(seed: seed)
    var plan = MeshPlan(sites: [], modem: modem, dutyCycle: dutyCycle)
    let radio = Radio(position: .origin, settings: modem)
    let reach = plan.pathLoss.reach(of: radio, marginDB: linkMarginDB)
    let radius = reach * spread * (Double(repeaters) / 100).squareRoot()
    let positions = Topology.neighbourhood(
      repeaters, radius: radius, reach: reach, minimumDistance: reach / 10,
      seed: generator.next()
    ).positions
    plan.sites = positions.enumerated().map {
      Site(name: MeshNames.repeater($0.offset), role: .repeater, position: $0.element)
    }
    for companion in 0..<companions {
      let home = positions.randomElement(using: &generator) ?? .origin
      plan.sites.append(
        Site(
          name: MeshNames.companion(companion), role: .companion,
          position: home.moved(
            by: reach * companionDistance * Double.random(in: 0.05...1, using: &generator),
            towards: Double.random(in: 0..<(2 * Double.pi), using: &generator))))
    }
    return plan
  }

  /// A row of repeaters, each in good reach of its neighbours only, with a companion at each end.
  public static func line(
    repeaters: Int, modem: ModemSettings, dutyCycle: DutyCyclePolicy
  ) -> MeshPlan {
    var plan = MeshPlan(sites: [], modem: modem, dutyCycle: dutyCycle)
    let good = 130.0
    plan.sites = (0..<repeaters).map {
      Site(
        name: MeshNames.repeater($0), role: .repeater,
        position: Position(east: Double($0) * 1_000, north: 0))
    }
    for (companion, east) in [-1_000, repeaters * 1_000].enumerated() {
      plan.sites.append(
        Site(
          name: MeshNames.companion(companion), role: .companion,
          position: Position(east: Double(east), north: 0)))
    }
    let order = [repeaters] + Array(0..<repeaters) + [repeaters + 1]
    for (place, one) in order.enumerated() {
      for (other, index) in order[(place + 1)...].enumerated() {
        plan.links.append(
          Topology.Link(first: one, second: index, lossDB: other == 0 ? good : nil))
      }
    }
    return plan
  }
}
