/// Invented names: places for repeaters, animals for people.
enum MeshNames {
  private static let places = [
    "Birch Hill", "Mill Tower", "Old Quarry", "North Ridge", "Harbour Mast", "Chapel Roof",
    "Water Works", "Long Meadow", "Fox Corner", "Signal Rock", "Upper Farm", "Stone Bridge",
    "Lookout", "Brick Kiln", "Orchard End", "Grain Silo", "East Gate", "Sheep Fold", "Ferry House",
    "Pine Summit",
  ]

  private static let animals = [
    "Wren", "Otter", "Badger", "Linnet", "Marten", "Heron", "Hare", "Siskin", "Lynx", "Plover",
    "Stoat", "Magpie", "Newt", "Swift", "Vole", "Dipper", "Elk", "Raven", "Toad", "Kestrel",
  ]

  static func repeater(_ index: Int) -> String { name(index, of: places) }
  static func companion(_ index: Int) -> String { name(index, of: animals) }

  private static func name(_ index: Int, of names: [String]) -> String {
    let round = index / names.count
    return names[index % names.count] + (round == 0 ? "" : " \(round + 1)")
  }
}
