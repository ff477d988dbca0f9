/// One schedule, as text that a person can keep:
/// `lab1/<name>/<build>/<decisions>[/f=<faults>][/t=<odds>][/s][/q][/p=<parameters>][/n=<steps>][/r=<seed>]#<check>`.
///
/// - `build` tells builds apart, as far as they may take other steps;
/// - `decisions` are the deviations from the default schedule, as `decision:choice`, or many of them packed after
///   a `~`;
/// - `f` are faults: `c12.3` cancels task 3 before step 12, `k7.node` lets the process crash, `e2.send` lets the
///   second visit of a site throw, `d2.500.send` take half a second;
/// - `t` are the odds with which time slips, `s` stands when there are sync points, `q` when actors serve in order,
///   `p` are numbers of the body that are not the largest, `n` is the limit of steps if it is not the usual
///   one, `r` is the seed of its random numbers;
/// - `check` is sixteen bits of the hash of the run, so that a replay that goes another way is noticed.
struct Schedule: Sendable, Hashable {
  static let version = "lab1"

  var name: String
  /// Four hexadecimal digits; empty when it does not matter.
  var build: String
  var deviations: [Deviation]
  var faults: [Fault] = []
  var time = TimePolicy.idle
  var syncPoints = false
  var fifoActors = false
  /// Numbers of the body that are not the largest.
  var parameters: [Parameter] = []
  /// The most steps it may take.
  var steps = RunSetup.usualSteps
  var seed: UInt64 = 0
  var check: UInt16?

  /// What stands before the deviations.
  var prefix: String { "\(Self.version)/\(ScheduleName.encoded(name))/\(build)/" }

  /// What stands after them, without the check.
  var suffix: String {
    var text = ""
    if !faults.isEmpty { text += "/f=" + faults.map(Self.text).joined(separator: ",") }
    if case .slipping(let odds) = time { text += "/t=\(odds)" }
    if syncPoints { text += "/s" }
    if fifoActors { text += "/q" }
    if !parameters.isEmpty {
      text +=
        "/p="
        + parameters.map { "\($0.value).\(ScheduleName.encoded($0.name))" }.joined(separator: ",")
    }
    if steps != RunSetup.usualSteps { text += "/n=\(steps)" }
    if seed != 0 { text += "/r=\(seed)" }
    return text
  }

  /// The schedule as text.
  var text: String {
    let decisions = DeviationText.write(deviations)
    guard let check else { return prefix + decisions + suffix }
    let digits = String(check, radix: 16)
    return prefix + decisions + suffix + "#" + String(repeating: "0", count: 4 - digits.count)
      + digits
  }

  private static func text(_ fault: Fault) -> String {
    switch fault {
    case .cancel(let step, let task): "c\(step).\(task)"
    case .crash(let step, let process): "k\(step).\(ScheduleName.encoded(process))"
    case .error(let label, let visit): "e\(visit).\(ScheduleName.encoded(label))"
    case .delay(let label, let visit, let milliseconds):
      "d\(visit).\(milliseconds).\(ScheduleName.encoded(label))"
    }
  }
}
