/// Finds what someone may have meant by a misspelt name.
package enum NearestName {
  /// The candidate fewest edits away from `name`; nil when none is near enough to be meant.
  ///
  /// *Complexity:* names longer than 64 characters are not compared, so a hostile file costs
  /// little.
  package static func of(_ name: String, among candidates: [String]) -> String? {
    guard name.count <= longestName else { return nil }
    let distances = candidates.map { (name: $0, edits: edits(name.lowercased(), $0.lowercased())) }
    guard let best = distances.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(1, name.count / 3) ? best.name : nil
  }

  private static let longestName = 64

  /// Insertions, deletions, replacements and swaps of neighbours between two names.
  private static func edits(_ from: String, _ to: String) -> Int {
    let from = Array(from)
    let to = Array(to)
    var beforePrevious: [Int] = []
    var previous = Array(0...to.count)
    for row in 0..<from.count {
      var current = [row + 1]
      for column in 0..<to.count {
        let same = from[row] == to[column]
        var best = min(
          previous[column + 1] + 1, current[column] + 1, previous[column] + (same ? 0 : 1))
        if row > 0, column > 0, from[row] == to[column - 1], from[row - 1] == to[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[to.count]
  }
}
