/// How long a radio may take over one frame before it is taken for stuck.
///
/// The limit is the longest of `minimum` and
/// `airtimePercent` of the frame's airtime + `longestFramePercent` of the longest frame's + `margin`.
public struct SendDeadline: Sendable, Hashable {
  /// Percent of the frame's own airtime.
  public var airtimePercent: Int
  /// Percent of the airtime of a 255-byte frame, for modems that wait for the channel themselves.
  public var longestFramePercent: Int
  /// Added to both.
  public var margin: Duration
  /// The shortest limit.
  public var minimum: Duration

  /// Makes a deadline rule.
  public init(
    airtimePercent: Int, longestFramePercent: Int = 0, margin: Duration = .zero, minimum: Duration
  ) {
    self.airtimePercent = airtimePercent
    self.longestFramePercent = longestFramePercent
    self.margin = margin
    self.minimum = minimum
  }

  /// One and a half airtimes, at least 250 ms.
  ///
  /// *Source:* MeshCore firmware 1.17.1.
  public static let firmware = SendDeadline(airtimePercent: 150, minimum: .milliseconds(250))

  /// For a modem that listens before talking by itself: it may wait one and a half of the longest
  /// airtimes before it forces a transmission, then send, then report over a serial line.
  public static let listeningModem = SendDeadline(
    airtimePercent: 100, longestFramePercent: 150, margin: .seconds(1), minimum: .seconds(5))

  /// The limit for one frame.
  public func limit(airtime: Duration, longestAirtime: Duration) -> Duration {
    let own = airtime * airtimePercent / 100
    let waiting = longestAirtime * longestFramePercent / 100
    return max(minimum, own + waiting + margin)
  }
}
