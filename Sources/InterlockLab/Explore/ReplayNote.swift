internal import CInterlockLab
internal import Glibc

/// What is written when the process dies inside a step: kept ready, because then nothing can be made.
@safe final class ReplayNote {
  private let context: UnsafeMutablePointer<interlock_lab_context>
  private var prefix = ""
  private var suffix = ""

  init(_ engine: Engine) {
    unsafe context = unsafe engine.context
  }

  deinit {
    unsafe free(UnsafeMutableRawPointer(mutating: context.pointee.replay_prefix))
    unsafe free(UnsafeMutableRawPointer(mutating: context.pointee.replay_suffix))
    unsafe context.pointee.replay_prefix = nil
    unsafe context.pointee.replay_suffix = nil
  }

  /// The next run is one of this schedule's, whatever its deviations.
  func show(_ schedule: Schedule) {
    let (newPrefix, newSuffix) = (schedule.prefix, schedule.suffix)
    if newPrefix != prefix {
      unsafe free(UnsafeMutableRawPointer(mutating: context.pointee.replay_prefix))
      unsafe context.pointee.replay_prefix = UnsafePointer(strdup(newPrefix))
      prefix = newPrefix
    }
    if newSuffix != suffix {
      unsafe free(UnsafeMutableRawPointer(mutating: context.pointee.replay_suffix))
      unsafe context.pointee.replay_suffix = UnsafePointer(strdup(newSuffix))
      suffix = newSuffix
    }
  }
}
