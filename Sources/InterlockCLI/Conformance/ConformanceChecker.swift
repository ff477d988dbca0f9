internal import InterlockWire

/// How the cases of one kind of vector file are checked.
struct ConformanceChecker: Sendable {
  /// One list of cases in such a file.
  struct List: Sendable {
    typealias Check = @Sendable (inout ConformanceCase) throws(JSONError) -> Void

    /// The list's name in the file.
    let name: String
    /// Checks one case; throws when the case is not what the schema says.
    let check: Check

    init(_ name: String, check: @escaping Check) {
      self.name = name
      self.check = check
    }
  }

  /// The schema's name and version, as the file's `schema` says it; where files have none, the file's name.
  let schema: String
  /// The lists that a file of this schema must have.
  let lists: [List]
  /// Fields of its cases that only say what other programs answer.
  var notCompared: Set<String> = []

  /// Checks every case of every list of a file.
  func check(_ root: JSONValue, file: String) -> ConformanceReport {
    var report = ConformanceReport()
    var count = 0
    for list in lists {
      guard let cases = root[list.name]?.array else {
        report.add(.init(file: file, reason: "the list “\(list.name)” is missing"))
        continue
      }
      count += cases.count
      for (index, value) in cases.enumerated() {
        report.add(check(value, of: list, at: index, file: file))
      }
    }
    report.cases.append((file, count))
    return report
  }

  private func check(
    _ value: JSONValue, of list: List, at index: Int, file: String
  ) -> ConformanceReport {
    var report = ConformanceReport()
    let id = value["id"]?.string ?? "\(list.name)[\(index)]"
    var current = ConformanceCase(id: id, value: value, file: file)
    do throws(JSONError) {
      try list.check(&current)
      report.mismatches = current.mismatches
      if current.mismatches.isEmpty { report.passed = 1 } else { report.failed = 1 }
    } catch {
      report.add(.init(file: file, caseID: id, reason: error.description))
    }
    return report
  }
}
