extension Trace {
  /// Lines of each trace that are shown, the differing one the last.
  private static let linesOfDifference = 10

  /// The last of its events.
  func suffix(_ count: Int) -> Trace {
    guard events.count > count else { return self }
    return Trace(
      events: [.note("… \(events.count - count) lines before these")] + events.suffix(count))
  }

  /// Where two runs that should be one part: the lines of both up to the first that differs; nil when none does.
  func difference(from other: Trace) -> String? {
    let common = zip(events, other.events).prefix { $0 == $1 }.count
    guard common < max(events.count, other.events.count) else { return nil }
    return ["once", "another time"].enumerated().map { index, name in
      let events = (index == 0 ? self : other).events
      let shown = events.prefix(common + 1).suffix(Self.linesOfDifference)
      let end = events.count > common ? [] : ["                 | nothing more"]
      return ([name + ":"] + [Trace(events: Array(shown)).text(isFolded: false)] + end)
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
