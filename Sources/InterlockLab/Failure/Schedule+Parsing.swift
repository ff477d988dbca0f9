extension Schedule {
  /// Reads what ``text`` writes.
  ///
  /// - Throws: ``ScheduleError``.
  init(parsing text: String) throws(ScheduleError) {
    let halves = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = halves[0].split(separator: "/", omittingEmptySubsequences: false)
    guard fields.first.map(String.init) == Self.version else {
      throw ScheduleError("a schedule begins with \"\(Self.version)/\"", text)
    }
    guard fields.count >= 4, !fields[1].isEmpty else {
      throw ScheduleError("a schedule is \(Self.version)/<name>/<build>/<decisions>#<check>", text)
    }
    self.init(
      name: try Self.name(fields[1], of: text), build: String(fields[2]),
      deviations: try DeviationText.read(fields[3], of: text))
    for field in fields.dropFirst(4) { try read(field, of: text) }
    guard halves.count == 2 else { return }
    guard halves[1].utf8.count == 4, let value = UInt16(halves[1], radix: 16) else {
      throw ScheduleError("after # come four hexadecimal digits", text)
    }
    check = value
  }

  private mutating func read(_ field: Substring, of text: String) throws(ScheduleError) {
    let value = field.dropFirst(2)
    switch field.prefix(2) {
    case "s": syncPoints = true
    case "q": fifoActors = true
    case "f=":
      for fault in value.split(separator: ",") { faults.append(try Self.fault(fault, of: text)) }
    case "t=":
      guard let odds = Int(value), odds > 0 else {
        throw ScheduleError("t= is followed by a number above 0", text)
      }
      time = .slipping(oneIn: odds)
    case "n=":
      guard let number = Int(value), number > 0 else {
        throw ScheduleError("n= is followed by a number above 0", text)
      }
      steps = number
    case "r=":
      guard let number = UInt64(value) else {
        throw ScheduleError("r= is followed by a number", text)
      }
      seed = number
    case "p=":
      for pair in value.split(separator: ",") {
        let parts = pair.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let number = Int(parts[0]) else {
          throw ScheduleError("\"\(pair)\" is not number.parameter", text)
        }
        parameters.append(Parameter(name: try Self.name(parts[1], of: text), value: number))
      }
    default: throw ScheduleError("\"\(field)\" is none of f=, t=, s, q, p=, n= and r=", text)
    }
  }

  private static func name(_ field: Substring, of text: String) throws(ScheduleError) -> String {
    guard let name = ScheduleName.decoded(field) else {
      throw ScheduleError(
        "\"\(field)\" is no name: other signs than letters, digits, ., - and _ are %XX", text)
    }
    return name
  }

  private static func fault(_ field: Substring, of text: String) throws(ScheduleError) -> Fault {
    let parts = field.dropFirst().split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), number >= 0, !parts[1].isEmpty else {
      throw ScheduleError("\"\(field)\" is no fault", text)
    }
    switch field.first {
    case "c":
      guard let task = Int32(parts[1]), task >= 0 else { break }
      return .cancel(step: number, task: task)
    case "k": return .crash(step: number, process: try name(parts[1], of: text))
    case "e": return .error(label: try name(parts[1], of: text), visit: number)
    case "d":
      let rest = parts[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard rest.count == 2, let milliseconds = Int(rest[0]),
        (1...Fault.longestDelay).contains(milliseconds), !rest[1].isEmpty
      else { break }
      return .delay(
        label: try name(rest[1], of: text), visit: number, milliseconds: milliseconds)
    default: break
    }
    throw ScheduleError("\"\(field)\" is no fault", text)
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
