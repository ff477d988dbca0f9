internal import CInterlockLab

/// Whether the lab has control of this process's runtime: it rests on private parts of it, which another
/// compiler may have moved.
public struct SelfCheck: Sendable {
  /// One thing that was tried.
  public struct Probe: Sendable, Hashable, CustomStringConvertible {
    /// What was tried.
    public let name: String
    /// What cannot be relied on without it.
    public let purpose: Purpose
    /// What went wrong; nil when nothing did.
    public let problem: String?

    /// Whether it works.
    public var isPassed: Bool { problem == nil }

    /// What a reader is told.
    public var description: String { "\(name): \(problem ?? "ok")" }
  }

  /// What a probe is for.
  public enum Purpose: Sendable, Hashable {
    /// Control: without it the lab refuses to explore.
    case control
    /// Reports: without it they say less.
    case report
  }

  /// All probes, in a fixed order.
  public let probes: [Probe]

  /// Whether the lab can explore.
  public var isInControl: Bool { !probes.contains { $0.purpose == .control && !$0.isPassed } }

  /// The result for this process; it is worked out once, in about a millisecond.
  public static let result = SelfCheck(without: 0)

  /// - Parameter without: Controls that are left off: the check must notice.
  init(without: UInt32) {
    guard Shim.isInPlace else {
      probes = [
        Probe(
          name: "hooks", purpose: .control,
          problem:
            "this runtime has no swift_task_enqueueGlobal_hook or swift_task_getMainExecutor_hook")
      ]
      return
    }
    // Looked for before any run: its tasks prefer an executor of their own.
    _ = RuntimeLayout.found
    probes = ProbeBody.all.map { $0.run(without: without) }
  }

  /// Why the lab refuses; nil when it is in control.
  var refusal: String? {
    guard !isInControl else { return nil }
    let failed = probes.filter { $0.purpose == .control && !$0.isPassed }
    return "the lab has no control over " + failed.map(\.description).joined(separator: "; ")
      + ". It is made for Swift 6.3 on Linux, with the standard library as a shared library, "
      + "or linked as the page Linking says"
  }
}
