public import Interlock

/// Something in a log of a lock that cannot be while the lock keeps its promises.
public enum LockFault: Sendable, Hashable {
  /// The second got in while the first held it, so long before that one's end; nil when it still does.
  case overlap(LockHistory.Turn, LockHistory.Turn, by: Duration?)
  /// The second came later, under a fence that is not greater.
  case fenceOrder(LockHistory.Turn, LockHistory.Turn)
  /// A write was taken although one under a greater fence had been.
  case staleWrite(process: Int, fence: Fence, after: Fence)
  /// One that asked first was let in after another.
  case overtaken(LockHistory.Turn, by: LockHistory.Turn)
  /// One got no answer at all.
  case forgotten(LockHistory.Turn)

  /// Whether two were inside at once.
  public var isOverlap: Bool { if case .overlap = self { true } else { false } }
}

extension LockFault: CustomStringConvertible {
  /// Who did what.
  public var description: String {
    switch self {
    case .overlap(let first, let second, let by?):
      "\(second.name) got in \(by.inMilliseconds) ms before \(first.name) was out"
    case .overlap(let first, let second, nil):
      "\(second.name) got in while \(first.name) has it"
    case .fenceOrder(let first, let second):
      "\(second.name) has fence \(second.fence.text), and \(first.name) before it had \(first.fence.text)"
    case .staleWrite(let process, let fence, let newer):
      "a write of process \(process) under fence \(fence) was taken after one under \(newer)"
    case .overtaken(let first, let other):
      "\(other.name) got in before \(first.name), which had asked first"
    case .forgotten(let turn): "\(turn.name) never got an answer"
    }
  }
}

extension LockHistory.Turn {
  fileprivate var name: String { "request \(request) of process \(process)" }
}

extension Optional where Wrapped == Fence {
  fileprivate var text: String { map { "\($0)" } ?? "none" }
}

extension Duration {
  /// `12.3`.
  fileprivate var inMilliseconds: String {
    let tenths = nanoseconds / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
