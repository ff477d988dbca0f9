internal import CInterlockLab

/// What the body of an exploration has in its hand: checks, notes, and what the lab knows of time.
///
/// It is of use only inside the run it was made for.
public struct Lab: Sendable {
  let engine: Engine

  /// The lab whose body this task runs for; nil outside every exploration.
  @TaskLocal public static var current: Lab?

  /// Fails the run when `condition` does not hold.
  ///
  /// - Parameters:
  ///   - condition: What must be true now.
  ///   - message: What to tell when it is not.
  public func check(_ condition: Bool, _ message: @autoclosure () -> String) {
    guard !condition else { return }
    engine.fail(.failed(message()))
  }

  /// Looks after every step whether something still holds, and fails the run when it does not.
  ///
  /// - Parameters:
  ///   - name: What it is called in the report.
  ///   - holds: Looks, without awaiting anything; it runs between two steps, so it sees no half-done one.
  public func invariant(_ name: String, _ holds: @escaping @Sendable () -> Bool) {
    engine.invariants.append(Engine.Invariant(name: name, holds: holds))
  }

  /// This step uses something that other tasks may use as well, and that is no actor: what
  /// ``Plan/Reduction/isolation`` and ``Plan/partialOrder(schedules:seed:)`` must know of.
  public func touch(_ object: AnyObject) {
    let address = unsafe UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque())
    engine.touch(address, isObject: true)
  }

  /// Writes a line into the trace, if somebody reads it.
  public func note(_ text: @autoclosure () -> String) {
    guard engine.journal != nil else { return }
    engine.journal?.note(text())
  }

  /// Virtual time since the start of the run.
  public var elapsed: Duration { .nanoseconds(engine.now) }
}
