import Foundation
import Testing

/// What the compiler cannot check and the project holds itself to.
@Suite struct SourceRuleTests {
  let tree = SourceTree()

  /// Where whatever sleeps or asks for the time does so in the lab, whose time is virtual.
  private static func isOfTheLab(_ file: SourceTree.File) -> Bool {
    file.path.contains("/InterlockLab") || file.path.contains("/InterlockScenarios")
  }

  private func findings(
    _ pattern: String, in files: [SourceTree.File], except allowed: (SourceTree.File) -> Bool
  ) throws -> [String] {
    let regex = try Regex(pattern)
    return files.filter { !allowed($0) }.flatMap { file in
      file.lines.enumerated().compactMap { number, line in
        let isComment = line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
        return !isComment && line.contains(regex) ? "\(file.path):\(number + 1): \(line)" : nil
      }
    }
  }

  @Test func `nothing but the clock and the system module reads or waits for real time`() throws {
    let found = try findings(
      #"Task\.sleep\(|ContinuousClock|SuspendingClock|clock_gettime|Date\(\)|DispatchTime\.now"#,
      in: tree.swiftFiles(below: "Sources")
    ) {
      $0.path.hasPrefix("Sources/Interlock/Clock/") || $0.module == "InterlockSystem"
        || Self.isOfTheLab($0)
    }
    #expect(found == [])
  }

  @Test func `no test sleeps`() throws {
    let found = try findings(
      #"Task\.sleep|Thread\.sleep|usleep\(|[^A-Za-z.]sleep\(\d"#,
      in: tree.swiftFiles(below: "Tests")
    ) { $0.path.hasPrefix("Tests/TidyTests/") || Self.isOfTheLab($0) }
    #expect(found == [])
  }

  @Test func `every unstructured task names its owner`() throws {
    let start = #"(^|[^A-Za-z_.])Task(\.detached|\.immediate)?(\([^)]*\))? *\{(?!\})"#
    // A scenario's tasks belong to the run it is explored in.
    for file in try tree.swiftFiles(below: "Sources") where file.module != "InterlockScenarios" {
      let lines = file.lines
      for (number, line) in lines.enumerated() {
        guard try line.contains(Regex(start)),
          !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
        else { continue }
        let before = lines[max(0, number - 6)...number].joined(separator: "\n")
        #expect(
          before.contains("Owner:") || before.contains("Owned by"),
          "\(file.path):\(number + 1) starts a task and no comment above says who owns it")
      }
    }
  }

  @Test func `unsafe code stays in the modules that adapt C and the machine`() throws {
    let modules: Set<String> = [
      "Interlock", "InterlockSystem", "InterlockCrypto", "InterlockPostgres", "InterlockLab",
      "InterlockLabTesting",
    ]
    // An executor is known to the runtime by an unowned reference; the run keeps it alive.
    let files: Set<String> = ["Sources/InterlockSimulation/Scheduling/SeededScheduler.swift"]
    let found = try findings(
      #"\bunsafe [a-zA-Z_(\[]|@unchecked Sendable|nonisolated\(unsafe\)"#,
      in: tree.swiftFiles(below: "Sources")
    ) { modules.contains($0.module) || files.contains($0.path) }
    #expect(found == [])
  }

  @Test func `every unchecked promise to the compiler says why it holds`() throws {
    for file in try tree.swiftFiles(below: "Sources") {
      let lines = file.lines
      for (number, line) in lines.enumerated()
      where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
        let before = lines[max(0, number - 6)...number]
        #expect(
          before.contains { $0.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") },
          "\(file.path):\(number + 1) promises safety without a comment that proves it")
      }
    }
  }

  @Test func `nothing unfinished is left behind`() throws {
    let markers = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
    for file in try tree.committedText() where file.path != "LICENSE" {
      for marker in markers {
        #expect(try !file.text.contains(Regex("\\b\(marker)\\b")), "\(file.path) holds \(marker)")
      }
    }
  }

  @Test func `no file depends on one machine`() throws {
    let paths = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
    for file in try tree.committedText() {
      for path in paths { #expect(!file.text.contains(path), "\(file.path) names \(path)") }
    }
  }

  @Test func `no source file grows past what a reader can hold`() throws {
    for file in try tree.swiftFiles(below: "Sources") {
      #expect(file.lines.count <= 420, "\(file.path) has \(file.lines.count) lines: split it")
    }
  }
}
