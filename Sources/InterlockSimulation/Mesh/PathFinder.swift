internal import InterlockRadio

/// Finds the shortest ways through a mesh over links that are good both ways.
///
/// It stands for what real nodes learn from the floods they receive.
struct PathFinder: Sendable {
  /// For each radio, the radios it has a good link with, in the order of their numbers.
  private let neighbours: [[Int]]
  private let isRelay: [Bool]

  /// Decibels above the threshold at which a link is taken for good.
  static let goodMarginDB = 3.0

  /// - Parameters:
  ///   - air: who hears whom, and how well.
  ///   - isRelay: whether each radio passes on what it hears.
  init(_ air: AirMachine, isRelay: [Bool]) {
    self.isRelay = isRelay
    let ids = air.radios.indices.map { RadioID(index: $0) }
    neighbours = ids.map { one in
      ids.filter { other in
        guard one != other else { return false }
        let settings = air.radios[other.index].settings.lora
        let needed =
          LoRaSettings.thresholdSNR(spreadingFactor: settings.spreadingFactor) + Self.goodMarginDB
        return air.snr(of: one, at: other) >= needed && air.snr(of: other, at: one) >= needed
      }.map(\.index)
    }
  }

  /// The relays between two radios, in order; nil when there is no way, or none of `maximum` relays.
  func relays(from start: Int, to end: Int, maximum: Int) -> [Int]? {
    var previous = [Int?](repeating: nil, count: neighbours.count)
    var frontier = [start]
    previous[start] = start
    for _ in 0...maximum {
      var next: [Int] = []
      for node in frontier where node == start || isRelay[node] {
        for neighbour in neighbours[node] where previous[neighbour] == nil {
          previous[neighbour] = node
          next.append(neighbour)
        }
      }
      if previous[end] != nil { break }
      frontier = next
    }
    guard previous[end] != nil, start != end else { return nil }
    var way: [Int] = []
    var node = end
    while let before = previous[node], before != start {
      way.append(before)
      node = before
    }
    return way.reversed()
  }

  /// The relays a radio has a good link with.
  func relaysAround(_ node: Int) -> [Int] { neighbours[node].filter { isRelay[$0] } }
}
