/// A number given with every grant of a lock, larger than that of every grant before.
///
/// Whoever guards something by a lock remembers the greatest fence it has seen and refuses smaller ones, so that a holder
/// that lost its claim, and does not know it yet, cannot write: ``FenceRegister``.
///
/// It is made of the time, so it is also when the grant was given, and it grows even when whoever counted has forgotten
/// everything. Below 2⁵³ until the year 2255: JSON and Lua hold it exactly.
///
/// *Source:* M. Kleppmann, "How to do distributed locking", 2016, for fencing tokens.
public struct Fence: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The number.
  public let number: UInt64

  /// A fence that was given before.
  @inlinable
  public init(_ number: UInt64) {
    self.number = number
  }

  /// The fence of a new grant: greater than those before, whatever else is known of them.
  ///
  /// - Parameters:
  ///   - register: The last fence that was given; nil when nobody remembers.
  ///   - microseconds: The time since 1970.
  ///   - floor: A fence that the guarded thing has seen; nil when it has seen none.
  public init(after register: Fence?, at microseconds: UInt64, above floor: Fence? = nil) {
    var number = microseconds
    if let register { number = max(number, register.number + 1) }
    if let floor { number = max(number, floor.number + 1) }
    self.number = number
  }

  /// Whether `left` was given first.
  @inlinable
  public static func < (left: Fence, right: Fence) -> Bool { left.number < right.number }

  /// The number in decimal.
  public var description: String { "\(number)" }
}
