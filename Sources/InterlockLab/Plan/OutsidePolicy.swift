/// What becomes of a schedule whose tasks start work where the lab cannot follow: on a queue or a thread of its own.
public enum OutsidePolicy: Sendable, Hashable {
  /// It fails with ``Outcome/escaped(function:task:)``: no other run would repeat it.
  case refused
  /// Whenever nothing can go on, its results are waited for, as long as this in real time, before virtual time passes
  /// or a deadlock is told.
  ///
  /// What such an exploration finds cannot be replayed, nor made small, and is not checked for being repeatable.
  case awaited(upTo: Duration)
}
