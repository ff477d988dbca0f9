/// How long a repeater waits before it decides, and before it sends.
public struct DelayPolicy: Sendable, Hashable {
  /// Whose arithmetic the windows follow.
  public enum Profile: String, Sendable, Hashable, CaseIterable {
    /// The MeshCore firmware's: whole milliseconds, transport codes not counted, no upper limit.
    case firmware
    /// pyMC's: exact time on air of the whole frame, with an upper limit.
    case pymc
  }

  /// Whose arithmetic the windows follow.
  public var profile: Profile
  /// Widens the window of relayed floods, 0…2; at 0 all repeaters send at the same instant.
  public var floodFactor: Double
  /// Widens the window of relayed direct packets, 0…2.
  public var directFactor: Double
  /// How much longer a weakly heard flood is held back, 0…20; 0 holds nothing back.
  public var receptionBase: Double
  /// The longest window of the pyMC profile.
  public var maximumTransmitDelay: Duration
  /// Whether a well heard packet is sent sooner.
  public var usesScoreForTransmit: Bool

  /// Makes a policy; the defaults are those of the repeater.
  public init(
    profile: Profile = .firmware, floodFactor: Double = 1, directFactor: Double = 0.5,
    receptionBase: Double = 0, maximumTransmitDelay: Duration = .seconds(5),
    usesScoreForTransmit: Bool = false
  ) {
    self.profile = profile
    self.floodFactor = floodFactor
    self.directFactor = directFactor
    self.receptionBase = receptionBase
    self.maximumTransmitDelay = maximumTransmitDelay
    self.usesScoreForTransmit = usesScoreForTransmit
  }
}

/// The times between which the moment to send is drawn, both included.
public struct DelayWindow: Sendable, Hashable {
  /// The earliest, in microseconds after the decision.
  public var minimumMicroseconds: Int64
  /// The latest, in microseconds after the decision.
  public var maximumMicroseconds: Int64

  /// Makes a window; a `maximum` before `minimum` is taken as `minimum`.
  public init(minimumMicroseconds: Int64 = 0, maximumMicroseconds: Int64) {
    self.minimumMicroseconds = minimumMicroseconds
    self.maximumMicroseconds = max(minimumMicroseconds, maximumMicroseconds)
  }

  /// No wait at all.
  public static let none = DelayWindow(maximumMicroseconds: 0)

  /// The window that begins and ends later by `microseconds`.
  func shifted(byMicroseconds microseconds: Int64) -> DelayWindow {
    DelayWindow(
      minimumMicroseconds: minimumMicroseconds + microseconds,
      maximumMicroseconds: maximumMicroseconds + microseconds)
  }

  /// The window that ends as many times later as `factor` says.
  func widened(by factor: Int64) -> DelayWindow {
    DelayWindow(
      minimumMicroseconds: minimumMicroseconds, maximumMicroseconds: maximumMicroseconds * factor)
  }

  /// A moment drawn from the window, each microsecond as likely as any other.
  func draw(using generator: inout some RandomNumberGenerator) -> Int64 {
    minimumMicroseconds == maximumMicroseconds
      ? minimumMicroseconds
      : Int64.random(in: minimumMicroseconds...maximumMicroseconds, using: &generator)
  }
}
