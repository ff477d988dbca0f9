internal import Interlock
public import InterlockRadio

/// What a simulated neighbourhood is like.
public struct NeighbourhoodSettings: Sendable, Hashable {
  /// What everything random in it follows from.
  public var seed: UInt64 = 1
  /// Repeaters around the node, 0…200.
  public var repeaters = 6
  /// People with handsets, 0…200.
  public var users = 4
  /// On average, from one thing a user sends to the next.
  public var messageInterval = Duration.seconds(20)
  /// The side of the square they are spread over, in kilometres.
  public var areaKilometres = 8.0
  /// From one advert of a repeater to its neighbours to the next.
  public var neighbourAdvertInterval = Duration.seconds(120)
  /// From one advert of anybody to everybody to the next.
  public var floodAdvertInterval = Duration.seconds(1_800)
  /// Channel, modulation and power of all.
  public var modem: ModemSettings
  /// The rule every radio keeps about its airtime.
  public var dutyCycle: DutyCyclePolicy
  /// The time when it begins, in Unix seconds: what adverts and messages are stamped with.
  public var unixTime: UInt32

  /// Makes the settings of a small neighbourhood.
  ///
  /// - Parameters:
  ///   - modem: channel, modulation and power of all.
  ///   - dutyCycle: the rule every radio keeps.
  ///   - unixTime: the time when it begins.
  public init(modem: ModemSettings, dutyCycle: DutyCyclePolicy, unixTime: UInt32) {
    self.modem = modem
    self.dutyCycle = dutyCycle
    self.unixTime = unixTime
  }

  /// Of what users send, the part that is for everybody, and the part that probes a path.
  static let groupPart = 0.6
  static let tracePart = 0.1
  /// Nobody stands nearer to another than this, in metres.
  static let elbowRoom = 50.0
  /// How often a place is drawn for somebody before less room is accepted.
  static let drawsForRoom = 100

  /// The mesh of these settings.
  func plan() -> MeshPlan {
    var generator = SeededGenerator(seed: seed)
    var plan = MeshPlan(sites: [], modem: modem, dutyCycle: dutyCycle)
    plan.pathLoss = PathLoss()
    // The node itself stands in the middle.
    var taken = [Position.origin]
    func place() -> Position {
      let half = areaKilometres * 1_000 / 2
      var candidate = Position.origin
      for _ in 0..<Self.drawsForRoom {
        candidate = Position(
          east: Double.random(in: -half...half, using: &generator),
          north: Double.random(in: -half...half, using: &generator))
        if taken.allSatisfy({ $0.distance(to: candidate) >= Self.elbowRoom }) { break }
      }
      taken.append(candidate)
      return candidate
    }
    plan.sites =
      (0..<repeaters).map {
        MeshPlan.Site(name: MeshNames.repeater($0), role: .repeater, position: place())
      }
      + (0..<users).map {
        MeshPlan.Site(name: MeshNames.companion($0), role: .companion, position: place())
      }
    let perDay = Double(users) * (Duration.seconds(86_400) / messageInterval)
    plan.traffic.groupMessagesPerDay = perDay * Self.groupPart
    plan.traffic.tracesPerDay = perDay * Self.tracePart
    plan.traffic.directMessagesPerDay = perDay * (1 - Self.groupPart - Self.tracePart)
    plan.traffic.neighbourAdvertInterval = neighbourAdvertInterval
    plan.traffic.floodAdvertInterval = floodAdvertInterval
    plan.unixTime = unixTime
    plan.keepsHappenings = true
    return plan
  }
}
