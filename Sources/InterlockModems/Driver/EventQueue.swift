package import InterlockRadio

/// Events on their way to whoever receives them, in order and bounded.
///
/// Reading from the device never waits for the receiver: a report that a transmission ended may
/// stand behind the frames. So a receiver that does not keep up loses events, and is told how many.
package struct EventQueue: Sendable {
  /// The most events that wait; at LoRa's speed several minutes of traffic.
  package static let capacity = 1024

  private var events: [ModemEvent] = []
  private var lostFrames = 0
  private var lostOthers = 0

  /// Makes an empty one.
  package init() {}

  /// Adds an event, or counts it as lost.
  package mutating func append(_ event: ModemEvent) {
    if events.count < Self.capacity {
      events.append(event)
    } else if case .received = event {
      lostFrames += 1
    } else {
      lostOthers += 1
    }
  }

  /// Takes all that wait, and the report about those that found no room.
  package mutating func takeAll() -> [ModemEvent] {
    defer {
      events.removeAll(keepingCapacity: true)
      lostFrames = 0
      lostOthers = 0
    }
    guard lostFrames + lostOthers > 0 else { return events }
    return events + [.lost(frames: lostFrames, others: lostOthers)]
  }
}
