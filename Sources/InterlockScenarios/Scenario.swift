public import InterlockLab

/// A race, small enough to be explored to the end: what tasks share, and what must hold whatever their order.
///
/// Each has at least two forms. The unguarded one repeats a defect that was found in a real program, and the
/// lab must find it; the guarded one does the same work through a guard, and must survive.
public struct Scenario: Sendable {
  /// A body to explore.
  public typealias Body = @Sendable (Lab, Variant) async throws -> Void

  /// The forms of a scenario.
  public enum Variant: String, Sendable, Hashable, CaseIterable {
    /// With the defect.
    case unguarded
    /// With a cure that suggests itself and does not work.
    case tempting
    /// With the guard.
    case guarded

    /// Whether the lab is to find a failure.
    public var isDefective: Bool { self != .guarded }
  }

  /// A number of the scenario, by name.
  public struct Parameter: Sendable, Hashable {
    /// What is counted.
    public let name: String
    /// How many.
    public let value: Int

    init(_ name: String, _ value: Int) {
      self.name = name
      self.value = value
    }
  }

  /// What it is called: the system, a dot, the race.
  public let name: String
  /// What is asked, in one sentence.
  public let question: String
  /// The forms there are.
  public let variants: [Variant]
  /// Its numbers.
  public let parameters: [Parameter]
  /// Where the defect was reported, or is described; nil for those of the systems this project succeeds.
  public let source: String?
  /// What may go wrong in a schedule.
  public let faults: FaultPlan
  /// When virtual time goes on.
  public let time: TimePolicy
  /// Whether tasks may be interrupted where they await nothing.
  public let syncPoints: Bool
  /// Whether the defect ends the process, as a failed precondition does: a defective form is explored in a process of its
  /// own.
  public let endsProcess: Bool
  /// The number of schedules of the default plan within which each defective form is found, whatever the
  /// seed: four times the most that was measured for seeds 1…50, and at least 10.
  public let foundWithin: Int
  private let body: Body
  /// Where the body stands: replay strings are of a build.
  private let file: String

  init(
    _ name: String, asks question: String, variants: [Variant] = [.unguarded, .guarded],
    parameters: [Parameter], source: String? = nil, faults: FaultPlan = .none,
    time: TimePolicy = .idle, syncPoints: Bool = false, endsProcess: Bool = false,
    foundWithin: Int, file: String = #fileID,
    body: @escaping Body
  ) {
    self.name = name
    self.question = question
    self.variants = variants
    self.parameters = parameters
    self.source = source
    self.faults = faults
    self.time = time
    self.syncPoints = syncPoints
    self.endsProcess = endsProcess
    self.foundWithin = foundWithin
    self.body = body
    self.file = file
  }
}

extension Scenario: CustomStringConvertible {
  /// Its name.
  public var description: String { name }

  /// Whether a schedule of this form can end the process that runs it.
  public func endsProcess(_ variant: Variant) -> Bool { endsProcess && variant.isDefective }

  /// What one form is called in replay strings.
  public func scheduleName(_ variant: Variant) -> String { "\(name).\(variant.rawValue)" }

  /// A plan with the faults, the time and the cuts this scenario needs, besides its own.
  public func plan(_ plan: Plan, _ variant: Variant) -> Plan {
    var plan = plan
    plan.name = scheduleName(variant)
    plan.faults = FaultPlan(
      cancellations: max(plan.faults.cancellations, faults.cancellations),
      crashes: max(plan.faults.crashes, faults.crashes),
      errors: max(plan.faults.errors, faults.errors))
    if time != .idle { plan.time = time }
    plan.syncPoints = plan.syncPoints || syncPoints
    return plan
  }

  /// Runs one form under many schedules, and stops at the first that fails.
  ///
  /// - Parameters:
  ///   - variant: Which form.
  ///   - plan: Which schedules; what the scenario needs is added.
  ///   - progress: Told how far it has come, about once a second.
  ///   - onRun: Called whenever the body begins anew.
  /// - Returns: what was done.
  /// - Throws: `LabFailure` when a schedule failed.
  @discardableResult
  public func explore(
    _ variant: Variant, _ plan: Plan, progress: ((ExplorationProgress) -> Void)? = nil,
    onRun: (@Sendable () -> Void)? = nil
  ) async throws(LabFailure) -> Report {
    let body = body
    return try await Lab.explore(self.plan(plan, variant), file: file, progress: progress) {
      onRun?()
      try await body($0, variant)
    }
  }

  /// Runs one form under every schedule of a plan, also after a failure, and counts.
  ///
  /// - Parameters:
  ///   - variant: Which form.
  ///   - plan: Which schedules; what the scenario needs is added.
  ///   - progress: Told how far it has come, about once a second.
  /// - Returns: how many failed, and which first.
  public func measure(
    _ variant: Variant, _ plan: Plan, progress: ((ExplorationProgress) -> Void)? = nil
  ) async -> Statistics {
    let body = body
    return await Lab.measure(self.plan(plan, variant), file: file, progress: progress) {
      try await body($0, variant)
    }
  }

  /// What a planned fault can hit in it, as far as the guarded form shows it when no task is interrupted; nil when the
  /// lab cannot explore here.
  package var faultPlaces: FaultPlaces? {
    let body = body
    return Lab.faultPlaces { try await body($0, .guarded) }
  }

  /// Runs the one schedule of one form that a replay string names.
  ///
  /// - Parameters:
  ///   - variant: Which form.
  ///   - schedule: The text a report gave.
  /// - Returns: what happened, with the trace.
  /// - Throws: `ScheduleError` for a text that is no schedule.
  public func replay(
    _ variant: Variant, _ schedule: String
  ) async throws(ScheduleError) -> Report {
    let body = body
    return try await Lab.replay(schedule, file: file) { try await body($0, variant) }
  }
}
