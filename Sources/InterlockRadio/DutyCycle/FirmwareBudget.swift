import Interlock

/// The airtime budget of the MeshCore firmware: a token bucket in whole milliseconds.
///
/// It fills with the duty cycle and holds one window's worth of it. A transmission may start while it
/// holds half the airtime of the longest frame, whatever the frame at hand; its measured time is taken
/// out afterwards, down to zero.
///
/// It reproduces the firmware, rounding included, for those who want a repeater that behaves like
/// its neighbours. It is **no** proof of a duty cycle: a full bucket and an hour's refill together let
/// through twice the nominal share, and a frame that overdraws the bucket is forgiven the rest.
///
/// *Source:* MeshCore firmware 1.17.1, role repeater; arithmetic in single precision as there.
public struct FirmwareBudget: Sendable, Hashable {
  /// What the budget is made from.
  public struct Settings: Sendable, Hashable {
    /// Silence for each unit of sending, not negative; the duty cycle is 1 / (1 + factor).
    public var airtimeFactor: Float
    /// The time over which the capacity is earned.
    public var window: Duration
    /// Time on air of the longest frame, in the firmware's whole milliseconds.
    public var longestAirtimeMilliseconds: Int

    /// Makes settings.
    public init(
      airtimeFactor: Float, window: Duration = .seconds(3600), longestAirtimeMilliseconds: Int
    ) {
      self.airtimeFactor = airtimeFactor
      self.window = window
      self.longestAirtimeMilliseconds = longestAirtimeMilliseconds
    }

    /// Makes settings for a modulation; the longest frame is taken from it.
    public init(airtimeFactor: Float, window: Duration = .seconds(3600), for lora: LoRaSettings) {
      self.init(
        airtimeFactor: airtimeFactor, window: window,
        longestAirtimeMilliseconds: lora.firmwareAirtimeMilliseconds(
          ofBytes: LoRaSettings.longestFrameBytes))
    }

    /// The factor that gives a duty cycle of `percent`, 1…100, as the firmware converts it.
    public static func airtimeFactor(percent: Float) -> Float { 100 / percent - 1 }

    /// The part of the time that may be spent sending.
    public var dutyCycle: Float { 1 / (1 + airtimeFactor) }

    /// What the full bucket holds, in milliseconds.
    public var capacityMilliseconds: Int {
      Int(Float(window.nanoseconds / 1_000_000) * dutyCycle)
    }
  }

  /// Below this the firmware keeps silent after a transmission until it is earned again.
  public static let reserveMilliseconds = 100

  /// What it is made from.
  public let settings: Settings
  /// What may be spent, in milliseconds, as of the last look.
  public private(set) var milliseconds: Int
  private var refilledAt: Int64

  /// Makes a budget at a time in milliseconds; full unless said otherwise.
  public init(_ settings: Settings, holding milliseconds: Int? = nil, at now: Int64) {
    self.settings = settings
    let capacity = settings.capacityMilliseconds
    self.milliseconds = min(max(0, milliseconds ?? capacity), capacity)
    refilledAt = now
  }

  /// Adds what was earned and tells how long the next transmission must wait.
  ///
  /// - Parameters:
  ///   - held: What others may still spend of it, in milliseconds.
  ///   - now: The time in milliseconds.
  /// - Returns: Milliseconds to wait; nil when a transmission may start.
  public mutating func wait(holding held: Int = 0, at now: Int64) -> Int64? {
    refill(at: now)
    let missing = settings.longestAirtimeMilliseconds / 2 + held - milliseconds
    return missing > 0 ? time(toEarn: missing) : nil
  }

  /// Takes out what a transmission used.
  ///
  /// - Returns: Milliseconds of silence that must follow; zero if enough is left.
  public mutating func debit(milliseconds used: Int, at now: Int64) -> Int64 {
    refill(at: now)
    milliseconds = max(0, milliseconds - used)
    let missing = Self.reserveMilliseconds - milliseconds
    return missing > 0 ? time(toEarn: missing) : 0
  }

  /// The next time at which a look adds something; looks before it change nothing.
  public var nextRefill: Int64 {
    var elapsed = max(1, Int64((1 / settings.dutyCycle).rounded(.down)))
    // The product is rounded, so the quotient may be one off.
    while Float(elapsed) * settings.dutyCycle < 1 { elapsed += 1 }
    return refilledAt + elapsed
  }

  /// Whole milliseconds only, and the time moves only when there were any: the rest of a millisecond
  /// is lost with each refill, as in the firmware.
  private mutating func refill(at now: Int64) {
    guard now > refilledAt else { return }
    let earned = Float(now - refilledAt) * settings.dutyCycle
    guard earned >= 1 else { return }
    let capacity = settings.capacityMilliseconds
    milliseconds = earned < Float(capacity) ? min(capacity, milliseconds + Int(earned)) : capacity
    refilledAt = now
  }

  private func time(toEarn missing: Int) -> Int64 {
    Int64(Float(missing) / settings.dutyCycle)
  }
}
