internal import Interlock
public import InterlockRadio

/// Where the radios of a world stand, and which links are said rather than computed.
public struct Topology: Sendable, Hashable {
  /// A link whose loss does not follow from the distance.
  public struct Link: Sendable, Hashable {
    /// One end, by its place in `positions`.
    public var first: Int
    /// The other end.
    public var second: Int
    /// What is lost in dB; nil: the two never hear each other.
    public var lossDB: Double?
  }

  /// One position for each radio.
  public var positions: [Position]
  /// Exceptions from what distance would give.
  public var links: [Link]

  /// Makes a topology.
  public init(positions: [Position], links: [Link] = []) {
    self.positions = positions
    self.links = links
  }

  /// Radios in a row, eastward.
  public static func line(_ count: Int, spacing metres: Double) -> Topology {
    Topology(positions: (0..<count).map { Position(east: Double($0) * metres, north: 0) })
  }

  /// Radios on a chessboard, row by row.
  public static func grid(columns: Int, rows: Int, spacing metres: Double) -> Topology {
    Topology(
      positions: (0..<columns * rows).map {
        Position(east: Double($0 % columns) * metres, north: Double($0 / columns) * metres)
      })
  }

  /// A hub in the middle and leaves around it that hear only the hub.
  public static func star(leaves: Int, radius metres: Double) -> Topology {
    let around = (0..<leaves).map { leaf in
      Position.origin.moved(by: metres, towards: 2 * Double.pi * Double(leaf) / Double(leaves))
    }
    let deaf = (1...max(1, leaves)).flatMap { first in
      (first + 1..<max(first + 1, leaves + 1)).map { Link(first: first, second: $0, lossDB: nil) }
    }
    return Topology(positions: [.origin] + around, links: deaf)
  }

  /// Radios scattered over a disc, each within `reach` of one placed before it.
  ///
  /// The number of draws is bounded: a disc too small for them gets closer neighbours, one too large
  /// for `reach` a cluster.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - radius: of the disc, in metres.
  ///   - reach: how far from its nearest neighbour a radio may stand, in metres, so that nobody is
  ///     left alone.
  ///   - minimumDistance: how near to each other radios may stand, in metres.
  ///   - seed: what the places are drawn from.
  /// - Returns: the topology; equal arguments give equal ones.
  public static func neighbourhood(
    _ count: Int, radius: Double, reach: Double, minimumDistance: Double = 100, seed: UInt64
  ) -> Topology {
    var generator = SeededGenerator(seed: seed)
    var positions: [Position] = count > 0 ? [.origin] : []
    var draws = 0
    while positions.count < count {
      draws += 1
      let isPatient = draws <= drawsPerRadio * count
      // The root spreads them evenly over the area rather than over the radius.
      let share = Double.random(in: 0...1, using: &generator).squareRoot()
      let angle = Double.random(in: 0..<(2 * Double.pi), using: &generator)
      // Out of patience: near one that stands already.
      let middle = isPatient ? Position.origin : positions[draws % positions.count]
      let distance = share * (isPatient ? radius : reach)
      let candidate = middle.moved(by: distance, towards: angle)
      let nearest = positions.lazy.map { $0.distance(to: candidate) }.min() ?? 0
      guard !isPatient || (nearest <= reach && nearest >= minimumDistance) else { continue }
      positions.append(candidate)
    }
    return Topology(positions: positions)
  }

  /// How often a place is drawn for each radio before closer neighbours are taken.
  static let drawsPerRadio = 200
}

extension AirMachine {
  /// Makes an air with a radio at each position of the topology, all alike.
  public init(
    _ topology: Topology, settings: ModemSettings, seed: UInt64, pathLoss: PathLoss = PathLoss()
  ) {
    self.init(seed: seed, pathLoss: pathLoss)
    for position in topology.positions { add(Radio(position: position, settings: settings)) }
    for link in topology.links {
      setLoss(
        link.lossDB, between: RadioID(index: link.first), and: RadioID(index: link.second))
    }
  }
}

extension PathLoss {
  /// The distance in metres at which a radio is heard with `marginDB` to spare by another like it.
  public func reach(of radio: Radio, marginDB: Double = 0) -> Double {
    let lora = radio.settings.lora
    let budget =
      Double(radio.settings.transmitPowerDBm) + 2 * radio.antennaGainDBi
      - Reception.sensitivity(lora, noiseFigureDB: radio.noiseFigureDB) - marginDB
    return Decibels.linear((budget - loss(overMetres: 1, frequencyHz: lora.frequencyHz)) / exponent)
  }
}
