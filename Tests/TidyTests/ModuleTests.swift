import Testing

@Suite struct ModuleTests {
  let tree = SourceTree()

  /// What any module may import: it comes with the compiler and works everywhere.
  static let everywhere: Set<String> = ["Swift", "Synchronization", "_Concurrency"]
  /// What stands behind `canImport` where a C function is needed on each platform.
  static let platformC: Set<String> = ["Glibc", "Musl", "Darwin"]

  private func table() throws -> ModuleTable {
    ModuleTable(markdown: try tree.text("ARCHITECTURE.md"))
  }

  private func imports(of file: SourceTree.File) -> [String] {
    file.lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
        words[..<keyword].allSatisfy({
          $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0)
        })
      else { return nil }
      return String(words[keyword + 1].prefix { $0 != "." })
    }
  }

  @Test func `every module in the tree is in the table and every one in the table exists`() throws {
    let table = try table()
    let present = Set(try tree.swiftFiles(below: "Sources").map(\.module))
    let described = Set(table.allowed.keys.filter { !$0.hasPrefix("C") || $0 == "CInterlock" })
    #expect(present.subtracting(table.allowed.keys) == [])
    #expect(described.subtracting(present).subtracting(["CInterlock"]) == [])
  }

  @Test func `imports go only where the table allows`() throws {
    let table = try table()
    for file in try tree.swiftFiles(below: "Sources") {
      let allowed = (table.allowed[file.module] ?? []).union(Self.everywhere)
        .union(Self.platformC)
      let forbidden = imports(of: file).filter { !allowed.contains($0) }
      #expect(forbidden == [], "\(file.path) imports what its row in ARCHITECTURE.md does not list")
    }
  }

  /// The lab replaces functions of the runtime in whatever program it is in.
  @Test func `lab.L-16 of the programs only interlock-lab and the lab's benchmarks hold the lab`()
    throws
  {
    let table = try table()
    func reaches(_ module: String) -> Set<String> {
      (table.allowed[module] ?? []).reduce(into: []) {
        $0.insert($1)
        $0.formUnion(reaches($1))
      }
    }
    let holders = table.allowed.keys.filter { reaches($0).contains("CInterlockLab") }
    #expect(
      Set(holders) == [
        "InterlockLab", "InterlockLabTesting", "InterlockScenarios", "InterlockLabCLI",
      ])
    for module in try tree.swiftFiles(below: "Sources") where !holders.contains(module.module) {
      #expect(!imports(of: module).contains("InterlockLab"), "\(module.path) imports the lab")
    }
    for file in try tree.swiftFiles(below: "Benchmarks/Sources")
    where !file.path.hasPrefix("Benchmarks/Sources/InterlockLabBench/") {
      #expect(!imports(of: file).contains("InterlockLab"), "\(file.path) imports the lab")
    }
  }

  @Test func `a module called portable rests on portable modules and guards its C imports`() throws
  {
    let table = try table()
    #expect(table.portable.count > 5)
    for module in table.portable {
      let below = (table.allowed[module] ?? []).filter { table.allowed[$0] != nil }
      #expect(below.subtracting(table.portable) == [], "\(module) rests on a Linux-only module")
    }
    for file in try tree.swiftFiles(below: "Sources") where table.portable.contains(file.module) {
      for name in imports(of: file) where Self.platformC.contains(name) {
        #expect(
          file.text.contains("#if canImport(\(name))")
            || file.text.contains("#elseif canImport(\(name))"),
          "\(file.path) imports \(name) without asking whether it is there")
      }
    }
  }
}
