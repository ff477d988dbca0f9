package import InterlockRadio

/// Events on their way to whoever receives them, in order and bounded.
///
/// Reading from the device never waits for the receiver: a report that a transmission ended may
/// stand behind the frames. So a receiver that does not keep up loses frames, and is told how many.
package struct EventQueue: Sendable {
  /// The most events that wait; at LoRa's speed several minutes of traffic.
  package static let capacity = 1024

  private var events: [ModemEvent] = []
  private var dropped = 0

  /// Makes an empty one.
  package init() {}

  /// Adds an event, or counts it as dropped.
  package mutating func append(_ event: ModemEvent) {
    guard events.count < Self.capacity else {
      dropped += 1
      return
    }
    events.append(event)
  }

  /// Takes all that wait, and the report about those that found no room.
  package mutating func takeAll() -> [ModemEvent] {
    defer {
      events.removeAll(keepingCapacity: true)
      dropped = 0
    }
    guard dropped > 0 else { return events }
    let text = "\(dropped) modem events dropped: the receiver does not keep up"
    // An error: a log thins out warnings, and each of these has a count of its own.
    return events + [.notice(.error, text)]
  }
}
