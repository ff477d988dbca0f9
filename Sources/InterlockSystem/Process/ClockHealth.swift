internal import CInterlock

/// Whether the time of day can be believed.
package enum ClockHealth {
  /// Whether something keeps the wall clock in step with the world, as the kernel was told; nil when
  /// the kernel does not say.
  package static var isSynchronised: Bool? {
    switch cinterlock_clock_is_synchronised() {
    case 0: false
    case 1: true
    default: nil
    }
  }
}
