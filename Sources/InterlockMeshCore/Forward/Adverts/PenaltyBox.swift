internal import Interlock

/// Which advertisers are barred because they kept exceeding their limit, and for how long; bounded.
///
/// Nobody is let out before the time: when there is no room, a newcomer takes the place of one that is
/// not barred, of those the one barred for the shortest time or never, and of those the one whose last
/// excess is longest ago. Where all are barred the newcomer is not recorded, and keeps only its limit.
/// So a node that is barred, or was, gains nothing by other keys that merely exceed their limit.
struct PenaltyBox: Sendable {
  /// Advertisers that are remembered.
  static let capacity = 512

  private struct Entry {
    let node: KeyPrefix
    var lastExcess: Instant
    /// Since it was barred last.
    var excesses = 0
    /// How long it was barred the last time, and until when.
    var bar: (length: Duration, until: Instant)?

    func isBarred(at now: Instant) -> Bool { bar.map { now < $0.until } ?? false }

    func isForgotten(after decay: Duration, at now: Instant) -> Bool {
      now >= max(lastExcess, bar?.until ?? lastExcess).advanced(by: decay)
    }
  }

  /// How long bars are; those that were imposed stay as they are.
  var penalty: AdvertPenalty
  private var entries: [Entry] = []

  init(_ penalty: AdvertPenalty) {
    self.penalty = penalty
  }

  /// Whether none of a node's adverts is passed on.
  func isBarred(_ node: KeyPrefix, at now: Instant) -> Bool {
    entries.contains { $0.node == node && $0.isBarred(at: now) }
  }

  /// How many advertisers are barred.
  func barredCount(at now: Instant) -> Int {
    entries.count { $0.isBarred(at: now) }
  }

  /// Takes note that a node which is not barred has exceeded its limit, and bars it if that is too often.
  ///
  /// - Returns: for how long it is barred; nil when it is not.
  /// - Complexity: linear in the advertisers remembered, at most `capacity`.
  @discardableResult
  mutating func noteExcess(of node: KeyPrefix, at now: Instant) -> Duration? {
    entries.removeAll { $0.isForgotten(after: penalty.decay, at: now) }
    guard let index = entries.firstIndex(where: { $0.node == node }) ?? place(for: node, at: now)
    else { return nil }
    entries[index].lastExcess = now
    entries[index].excesses += 1
    guard entries[index].excesses >= penalty.threshold else { return nil }
    let length = penalty.bar(after: entries[index].bar?.length)
    entries[index].bar = (length, now.advanced(by: length))
    entries[index].excesses = 0
    return length
  }

  private mutating func place(for node: KeyPrefix, at now: Instant) -> Int? {
    let newcomer = Entry(node: node, lastExcess: now)
    guard entries.count == Self.capacity else {
      entries.append(newcomer)
      return entries.count - 1
    }
    let index = entries.indices.filter { !entries[$0].isBarred(at: now) }.min { left, right in
      let (left, right) = (entries[left], entries[right])
      return (left.bar?.length ?? .zero, left.lastExcess)
        < (right.bar?.length ?? .zero, right.lastExcess)
    }
    if let index { entries[index] = newcomer }
    return index
  }
}
