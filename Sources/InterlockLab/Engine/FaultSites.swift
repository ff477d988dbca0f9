/// Where a body said that something may fail, and how often it came there.
struct FaultSites: Sendable {
  private(set) var visits: [(label: String, count: Int)] = []

  mutating func removeAll() { visits.removeAll(keepingCapacity: true) }

  /// How often it came to one of them.
  func count(of label: String) -> Int { visits.first { $0.label == label }?.count ?? 0 }

  /// Counts one more visit.
  ///
  /// - Returns: its number, from 1.
  mutating func visit(_ label: String) -> Int {
    guard let index = visits.firstIndex(where: { $0.label == label }) else {
      visits.append((label, 1))
      return 1
    }
    visits[index].count += 1
    return visits[index].count
  }
}
