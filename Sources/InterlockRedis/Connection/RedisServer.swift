/// What a server says about itself when it is greeted.
package struct RedisServer: Sendable, Hashable {
  /// As `7.0.15`.
  package var version = ""
  /// Drawn anew whenever it starts.
  package var runID = ""
  /// Of the data it has: another after a failover.
  package var replicationID = ""
  /// `master` or `slave`.
  package var role = ""

  package init() {}

  /// Takes in the answer to `INFO`.
  package mutating func read(_ info: String) {
    for line in info.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = String(line[line.index(after: colon)...])
      switch line[..<colon] {
      case "redis_version": version = value
      case "run_id": runID = value
      case "master_replid": replicationID = value
      case "role": role = value
      default: break
      }
    }
  }

  /// Whether it is recent enough: from 6.2 on.
  package var isSupported: Bool {
    let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
    guard let major = numbers.first else { return false }
    return major > 6 || major == 6 && (numbers.last ?? 0) >= 2 && numbers.count == 2
  }

  /// What stays as long as it has what it had: the same life, the same data.
  package var life: String { "\(runID) \(replicationID)" }
}
