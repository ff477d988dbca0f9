/// A simulated process of a body: its tasks, which crash together.
public struct LabProcess: Sendable {
  let engine: Engine
  let index: Int
  /// 1 for the first start, and one more for each that followed.
  public let incarnation: Int

  /// What it is called.
  public var name: String { engine.processes[index].name }

  /// Whether it crashed, and was not started again.
  public var hasCrashed: Bool { engine.processes[index].hasCrashed }

  /// From now on nothing of it runs, as after `kill -9`: no `defer`, no cancellation handler.
  ///
  /// What it had put into storage stays there.
  public func crash() {
    if engine.isCurrent { engine.crash(index) }
  }

  /// Starts its body anew, with a higher incarnation; if it still runs, it crashes first.
  public func restart() {
    if engine.isCurrent { engine.restart(index) }
  }
}
