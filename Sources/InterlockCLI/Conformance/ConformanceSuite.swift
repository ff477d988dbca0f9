internal import InterlockWire

/// All the vector files of one protocol, and how each is checked.
struct ConformanceSuite: Sendable {
  let checkers: [ConformanceChecker]
  /// Whether a file's name says its schema, and no member of it.
  var isNamedByFile = false

  /// The mesh protocol's files.
  ///
  /// A checker is added here, and its tests follow by themselves.
  static let meshcore = ConformanceSuite(checkers: [
    .adverts, .airtime, .crypto, .delays, .dutyCycle, .forwarding, .kiss, .malformed, .messages,
    .packets, .trace, .transportCodes,
  ])

  /// The files about locks and the flags of older programs.
  static let locks = ConformanceSuite(
    checkers: [.fences, .flags, .lockNames, .nodb], isNamedByFile: true)

  /// Checks every `.json` file of a folder, in the order of their names; others are left alone.
  ///
  /// - Parameters:
  ///   - names: What the folder holds.
  ///   - read: Gives a file's bytes, or throws an error that describes what is wrong.
  /// - Returns: What was found; cases of different files do not influence one another.
  func check(
    folder names: [String], read: (String) throws -> [UInt8]
  ) -> ConformanceReport {
    var report = ConformanceReport()
    let files = names.filter { $0.hasSuffix(".json") }.sorted()
    for file in files {
      do {
        report.add(check(file: file, bytes: try read(file)))
      } catch {
        report.add(.init(file: file, reason: "cannot be read: \(error)"))
      }
    }
    if files.isEmpty {
      report.add(.init(file: "*.json", reason: "there is no vector file in the folder"))
    }
    return report
  }

  /// Checks one file.
  func check(file: String, bytes: [UInt8]) -> ConformanceReport {
    var report = ConformanceReport()
    do throws(JSONError) {
      let root = try JSONValue(parsing: bytes)
      var fields = try JSONFields(root)
      let schema: String = isNamedByFile ? file : try fields.required("schema")
      if let checker = checkers.first(where: { $0.schema == schema }) {
        var checked = checker.check(root, file: file)
        // A file that checks nothing must not look like one that agrees.
        if checked.passed + checked.failed == 0 {
          checked.add(.init(file: file, reason: "there is no case in the file"))
        }
        return checked
      }
      throw fields.problem("schema", "“\(schema)” is not one this build can check")
    } catch {
      report.add(.init(file: file, reason: error.description))
    }
    return report
  }
}
