internal import CInterlockLab

/// Lends its witness table to every actor of a lab, whose jobs then arrive here one by one.
///
/// `self` is the *actor*, not an instance of this class: nothing but its address may be used.
final class ActorProxy: SerialExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let actor = unsafe UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    let job = UnownedJob(job)
    guard let engine = Engine.current else {
      OutsideArrivals.ofAnyone.insert(job, actor: actor)
      return
    }
    engine.arrive(job, actor: actor)
  }
}

/// The main actor of a lab.
final class LabMainExecutor: SerialExecutor {
  private let inbox: OutsideArrivals

  /// - Parameter inbox: Where jobs go that come from another thread.
  init(_ inbox: OutsideArrivals) { self.inbox = inbox }

  func enqueue(_ job: consuming ExecutorJob) {
    let actor = unsafe UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    let job = UnownedJob(job)
    guard let engine = Engine.current, engine.mainExecutor === self else {
      return inbox.insert(job, actor: actor)
    }
    engine.arrive(job, actor: actor)
  }
}
