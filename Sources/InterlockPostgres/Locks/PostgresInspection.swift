internal import Interlock
internal import InterlockLocks

/// Everything that a database has about one lock, as of one instant.
struct PostgresInspection: Sendable {
  /// Who holds or waits: `token mode weight permits number alive|dead age left reason`.
  private struct Entry: Sendable {
    var token: String
    var mode: LockMode
    /// The fence of a holder, the ticket of a waiter.
    var number: UInt64
    var isAlive: Bool
    var age: Duration
    var left: Duration
    var reason: String

    init?(_ text: Substring) {
      let parts = text.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: false)
      guard parts.count == 9,
        let mode = LockMode(letter: parts[1], weight: parts[2], permits: parts[3]),
        let number = UInt64(parts[4]), let age = Int64(parts[6]), let left = Int64(parts[7])
      else { return nil }
      token = String(parts[0])
      self.mode = mode
      self.number = number
      isAlive = parts[5] == "alive"
      self.age = .milliseconds(age)
      self.left = .milliseconds(left)
      reason = String(parts[8])
    }

    var weight: Int { if case .permits(let weight, _) = mode { weight } else { 1 } }
  }

  private var fence: UInt64?
  private var holders: [Entry] = []
  private var waiters: [Entry] = []
  private var unreadable: [String] = []

  /// Reads what the function `inspect` answers.
  init(_ entries: [String]) {
    for text in entries {
      let rest = text.dropFirst(2)
      switch text.prefix(2) {
      case "f ": fence = UInt64(rest)
      case "h ":
        if let entry = Entry(rest) { holders.append(entry) } else { unreadable.append(text) }
      case "w ":
        if let entry = Entry(rest) { waiters.append(entry) } else { unreadable.append(text) }
      default: unreadable.append(text)
      }
    }
  }

  /// Who holds and who waits.
  ///
  /// Whoever is dead, or whose term is over, is shown for as long as nobody has swept it out.
  func record(of name: LockName) -> LockRecord {
    LockRecord(
      name: name,
      holders: holders.filter { $0.left > .zero }.map { holder in
        LockHolder(
          token: holder.token, owner: LockSession.owner(of: holder.token), mode: holder.mode,
          fence: Fence(holder.number), age: holder.age, left: holder.left, reason: holder.reason,
          isAlive: holder.isAlive)
      },
      waiters: waiters.map { waiter in
        LockWaiter(
          token: waiter.token, owner: LockSession.owner(of: waiter.token), mode: waiter.mode,
          age: waiter.age, reason: waiter.reason, isAlive: waiter.isAlive)
      }, fence: fence.map { Fence($0) })
  }

  /// What does not agree.
  var disagreements: [String] {
    var found = unreadable.map { "'\($0.escapedForDisplay)' is no record" }
    let inside = holders.filter { $0.left > .zero && $0.isAlive }
    if inside.count > 1, inside.contains(where: { $0.mode == .exclusive }) {
      found.append("\(inside.count) hold it, and one of them alone")
    }
    if let limit = inside.compactMap(\.mode.limit).min(),
      case let weights = inside.map(\.weight).reduce(0, +), weights > limit
    {
      found.append("\(weights) permits are held of \(limit)")
    }
    if let newest = holders.map(\.number).max(), newest > fence ?? 0 {
      found.append("it is held under the fence \(newest), and the last one given is \(fence ?? 0)")
    }
    if inside.isEmpty, let first = waiters.first {
      found.append(
        "\(waiters.count) wait, and nobody holds it; first \(first.token.escapedForDisplay)")
    }
    return found
  }
}
