/// What became of a status.
public enum StatusChange: Sendable, Hashable {
  /// It is set, and was not.
  case began(StatusEntry)
  /// It is set, and was otherwise: extended, or replaced by another incarnation.
  case changed(StatusEntry, from: StatusEntry)
  /// It is set no longer.
  case ended(StatusEntry)

  /// The status: as it is now, or as it was last.
  public var entry: StatusEntry {
    switch self {
    case .began(let entry), .changed(let entry, _), .ended(let entry): entry
    }
  }
}

/// Makes changes of listings: compares each with the one before.
///
/// What came and went between two looks is not seen; what is there is never missed.
package struct StatusTracker: Sendable {
  private var known: [StatusKey: StatusEntry] = [:]
  // No more than were and are set: they are taken before the next look.
  private var changes: [StatusChange] = []

  /// Knows of none.
  package init() {}

  /// Takes note of what is set now.
  package mutating func look(_ entries: [StatusEntry]) {
    var gone = known
    for entry in entries {
      if let before = gone.removeValue(forKey: entry.key) {
        if before != entry { changes.append(.changed(entry, from: before)) }
      } else {
        changes.append(.began(entry))
      }
    }
    changes += gone.values.sorted(by: StatusEntry.isListedFirst).map { .ended($0) }
    known = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
  }

  /// The next change that was not told yet.
  package mutating func next() -> StatusChange? {
    changes.isEmpty ? nil : changes.removeFirst()
  }
}
