/// One schedule, as text that a person can keep: `lab1/<name>/<decisions>#<check>`.
///
/// `decisions` are the deviations from the default schedule as `decision:choice`, and `check` is sixteen
/// bits of the hash of the run, so that a replay that goes another way is noticed.
struct Schedule: Sendable, Hashable {
  static let version = "lab1"

  var name: String
  var deviations: [Deviation]
  var check: UInt16?

  /// Reads what ``text`` writes.
  ///
  /// - Throws: ``ScheduleError``.
  init(parsing text: String) throws(ScheduleError) {
    let halves = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = halves[0].split(separator: "/", omittingEmptySubsequences: false)
    guard fields.first.map(String.init) == Self.version else {
      throw ScheduleError("a schedule begins with \"\(Self.version)/\"", text)
    }
    guard fields.count == 3, !fields[1].isEmpty else {
      throw ScheduleError("a schedule is \(Self.version)/<name>/<decisions>#<check>", text)
    }
    name = String(fields[1])
    deviations = []
    for pair in fields[2].split(separator: ",") {
      let numbers = pair.split(separator: ":", omittingEmptySubsequences: false)
      guard numbers.count == 2, let decision = Int(numbers[0]), let choice = Int32(numbers[1]),
        decision >= 0, choice >= 0
      else { throw ScheduleError("\"\(pair)\" is not decision:choice", text) }
      guard deviations.last.map({ $0.decision < decision }) ?? true else {
        throw ScheduleError("decision \(decision) is not after the one before it", text)
      }
      deviations.append(Deviation(decision: decision, choice: choice))
    }
    check = nil
    guard halves.count == 2 else { return }
    guard halves[1].utf8.count == 4, let value = UInt16(halves[1], radix: 16) else {
      throw ScheduleError("after # come four hexadecimal digits", text)
    }
    check = value
  }

  init(name: String, deviations: [Deviation], check: UInt16? = nil) {
    self.name = name
    self.deviations = deviations
    self.check = check
  }

  /// The schedule as text.
  var text: String {
    let decisions = deviations.map { "\($0.decision):\($0.choice)" }.joined(separator: ",")
    guard let check else { return "\(Self.version)/\(name)/\(decisions)" }
    let digits = String(check, radix: 16)
    let padding = String(repeating: "0", count: 4 - digits.count)
    return "\(Self.version)/\(name)/\(decisions)#\(padding)\(digits)"
  }
}

/// Why a text is no schedule.
public struct ScheduleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, with the text.
  public let description: String

  init(_ reason: String, _ text: String) {
    description = "\"\(text)\" is no schedule: \(reason)"
  }
}
