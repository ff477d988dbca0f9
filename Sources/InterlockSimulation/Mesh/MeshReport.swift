/// What came of a simulated mesh.
public struct MeshReport: Sendable, Hashable {
  /// What was said, by kind, and what of it arrived.
  public struct Delivery: Sendable, Hashable {
    /// Messages said.
    public internal(set) var sent = 0
    /// Arrivals that would be if nothing were lost.
    public internal(set) var expected = 0
    /// Arrivals that were.
    public internal(set) var arrived = 0

    /// The part that arrived, 0…1; 1 when nothing was expected.
    public var ratio: Double { expected == 0 ? 1 : Double(arrived) / Double(expected) }
  }

  /// The simulated time.
  public internal(set) var simulated = Duration.zero
  /// Messages to everybody; a companion that hears one is an arrival.
  public internal(set) var group = Delivery()
  /// Messages along a path.
  public internal(set) var direct = Delivery()
  /// Their acknowledgements.
  public internal(set) var acknowledgements = Delivery()
  /// Probes that came back.
  public internal(set) var traces = Delivery()
  /// Adverts sent; those to everybody are expected at every repeater.
  public internal(set) var adverts = Delivery()

  /// What was on the air, and how it ended at each radio in reach.
  public internal(set) var air = AirStatistics()
  /// Frames passed on by repeaters.
  public internal(set) var relayed = 0
  /// Copies that repeaters recognised.
  public internal(set) var duplicates = 0
  /// Packets that were dropped or refused by transmit queues.
  public internal(set) var droppedByQueue = 0
  /// The most packets any queue held at once.
  public internal(set) var longestQueue = 0
  /// The airtime of each radio.
  public internal(set) var airtime: [Duration] = []

  /// Attempts to send while sending: must be 0.
  public internal(set) var overlaps = 0
  /// Radios that were over their allowance in some window, found by adding up: must be 0.
  public internal(set) var overBudget = 0
  /// Packets that one node sent twice: must be 0.
  public internal(set) var repeatedRelays = 0
  /// A number that is equal for two runs in which the same things happened.
  public internal(set) var digest: UInt64 = 0

  /// Messages, adverts and probes said, acknowledgements not counted.
  public var originated: Int { group.sent + direct.sent + traces.sent + adverts.sent }
}
