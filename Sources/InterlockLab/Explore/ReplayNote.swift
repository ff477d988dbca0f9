internal import CInterlockLab
internal import Glibc

/// What is written when the process dies inside a step: kept ready, because then nothing can be made.
@safe final class ReplayNote {
  /// Owns the context, which must be there until the note is taken back.
  private let engine: Engine
  private var prefix = ""
  private var suffix = ""

  init(_ engine: Engine) {
    self.engine = engine
  }

  private var context: UnsafeMutablePointer<interlock_lab_context> { unsafe engine.context }

  deinit {
    unsafe free(UnsafeMutableRawPointer(mutating: context.pointee.replay_prefix))
    unsafe free(UnsafeMutableRawPointer(mutating: context.pointee.replay_suffix))
    unsafe context.pointee.replay_prefix = nil
    unsafe context.pointee.replay_suffix = nil
  }

  /// The next run is one of this schedule's, whatever its deviations; its seed is told if it is used.
  func show(_ schedule: Schedule) {
    var schedule = schedule
    schedule.seed = 0
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
