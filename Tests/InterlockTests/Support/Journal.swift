import Interlock

/// Where tasks write down what they did, in order.
final class Journal<Entry: Sendable>: Sendable {
  private let entries = Guarded<[Entry]>([])

  var all: [Entry] { entries.withLock { $0 } }

  func write(_ entry: Entry) { entries.withLock { $0.append(entry) } }
}
