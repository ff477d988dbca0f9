#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a radio stands: metres east and north of the middle of its world.
public struct Position: Sendable, Hashable {
  /// Metres to the east.
  public var east: Double
  /// Metres to the north.
  public var north: Double

  /// Makes a position.
  public init(east: Double, north: Double) {
    self.east = east
    self.north = north
  }

  /// The middle of the world.
  public static var origin: Position { Position(east: 0, north: 0) }

  /// The position at a distance in metres, in a direction in radians north of east.
  func moved(by metres: Double, towards direction: Double) -> Position {
    Position(east: east + metres * cos(direction), north: north + metres * sin(direction))
  }

  /// The distance to another position in metres.
  public func distance(to other: Position) -> Double {
    let (across, along) = (other.east - east, other.north - north)
    return (across * across + along * along).squareRoot()
  }
}
