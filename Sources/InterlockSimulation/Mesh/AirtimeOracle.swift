package import Interlock
package import InterlockRadio

/// Judges transmissions after the fact, knowing nothing of how they were admitted.
///
/// It is written to be obviously right rather than fast, and shares no code with the accounts it
/// judges: it adds up transmissions, in every window in which the sum could be largest.
package enum AirtimeOracle {
  /// A window with more airtime in it than allowed.
  package struct Excess: Sendable, Hashable, CustomStringConvertible {
    package let windowEnd: Instant
    package let window: Duration
    package let airtime: Duration
    package let allowance: Duration

    package var description: String {
      "\(airtime) on the air in the \(window) before \(windowEnd.nanoseconds) ns; allowed are "
        + "\(allowance)"
    }
  }

  /// The airtime within the `window` that ends at `end`, parts of transmissions counted as parts.
  package static func airtime(
    of transmissions: [AirInterval], in window: Duration, endingAt end: Instant
  ) -> Duration {
    let begin = end.advanced(by: .zero - window)
    // Ends are in order, as one radio sends one frame after the other: skip what is too old.
    var (low, high) = (0, transmissions.count)
    while low < high {
      let middle = (low + high) / 2
      if transmissions[middle].end <= begin { low = middle + 1 } else { high = middle }
    }
    var sum = Duration.zero
    for transmission in transmissions[low...] {
      guard transmission.start < end else { break }
      sum += max(transmission.start, begin).duration(to: min(transmission.end, end))
    }
    return sum
  }

  /// Looks for a window of `limit` that holds too much.
  ///
  /// As a window slides, its sum has a largest value where a transmission ends at the window's end
  /// or begins at its beginning; all those windows are looked at.
  ///
  /// - Parameters:
  ///   - transmissions: of one radio, in order.
  ///   - limit: the window and its allowance.
  /// - Returns: the first of them; nil when there is none.
  package static func excess(
    in transmissions: [AirInterval], of limit: RollingBudget.Limit
  ) -> Excess? {
    for transmission in transmissions {
      for end in [transmission.end, transmission.start.advanced(by: limit.window)] {
        let sum = airtime(of: transmissions, in: limit.window, endingAt: end)
        guard sum <= limit.allowance else {
          return Excess(
            windowEnd: end, window: limit.window, airtime: sum, allowance: limit.allowance)
        }
      }
    }
    return nil
  }

  /// The first two transmissions that overlap, if there are any; they must be of one radio.
  package static func overlap(in transmissions: [AirInterval]) -> (AirInterval, AirInterval)? {
    let ordered = transmissions.sorted { $0.start < $1.start }
    return zip(ordered, ordered.dropFirst()).first { $0.end > $1.start }
  }
}
