import InterlockRadio
import Testing

@testable import InterlockSimulation

@Suite struct TopologyTests {
  @Test func `a line is as long as its gaps`() {
    let line = Topology.line(5, spacing: 400).positions
    #expect(line.count == 5)
    #expect(line[0].distance(to: line[4]) == 1_600)
  }

  @Test func `neighbours on a grid are one spacing apart`() {
    let grid = Topology.grid(columns: 4, rows: 3, spacing: 250).positions
    #expect(grid.count == 12)
    #expect(grid[0].distance(to: grid[1]) == 250)
    #expect(grid[0].distance(to: grid[4]) == 250)
  }

  @Test func `on a line within reach each radio hears its neighbours only`() {
    let model = PathLoss(exponent: 3, shadowingDB: 0)
    let radio = Radio(position: .origin, settings: .narrow)
    let spacing = model.reach(of: radio, marginDB: 3)
    var air = AirMachine(
      .line(5, spacing: spacing), settings: .narrow, seed: 1, pathLoss: model)
    for index in 0..<5 {
      let expected = [index - 1, index + 1].filter { (0..<5).contains($0) }
      #expect(air.hearers(of: RadioID(index: index)).map(\.index) == expected)
    }
  }

  @Test func `leaves of a star hear the hub and nobody else`() {
    var air = AirMachine(.star(leaves: 6, radius: 500), settings: .narrow, seed: 1)
    #expect(air.hearers(of: RadioID(index: 0)).count == 6)
    for leaf in 1...6 { #expect(air.hearers(of: RadioID(index: leaf)).map(\.index) == [0]) }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `nobody in a neighbourhood is left alone or stands on another's roof`(seed: UInt64) {
    let positions = Topology.neighbourhood(
      60, radius: 5_000, reach: 1_500, minimumDistance: 100, seed: seed
    ).positions
    #expect(positions.count == 60)
    for (index, position) in positions.enumerated() {
      #expect(position.distance(to: .origin) <= 5_000, "seed \(seed)")
      let others = positions.enumerated().filter { $0.offset != index }.map {
        $0.element.distance(to: position)
      }
      #expect((others.min() ?? 0) >= 100, "seed \(seed)")
      if index > 0 {
        let before = positions[..<index].map { $0.distance(to: position) }
        #expect((before.min() ?? .infinity) <= 1_500, "seed \(seed)")
      }
    }
    #expect(
      positions
        == Topology.neighbourhood(60, radius: 5_000, reach: 1_500, minimumDistance: 100, seed: seed)
        .positions)
  }

  @Test func `a disc too small for its radios is filled all the same`() {
    let positions = Topology.neighbourhood(
      50, radius: 50, reach: 20, minimumDistance: 100, seed: 1
    ).positions
    #expect(positions.count == 50)
  }
}
