internal import CInterlock

/// The time of day, for what is compared across machines: fences, and stamps that people read.
///
/// It jumps. Nothing is measured by it.
public enum WallTime {
  /// Microseconds since 1970.
  public static var microseconds: UInt64 {
    UInt64(max(0, cinterlock_wall_nanoseconds() / 1_000))
  }
}
