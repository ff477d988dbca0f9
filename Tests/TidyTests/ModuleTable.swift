/// ARCHITECTURE.md's table of modules: who may import whom.
struct ModuleTable {
  /// The modules each module may import, ours and the platform's.
  let allowed: [String: Set<String>]
  /// The modules the table calls free of Linux.
  let portable: Set<String>

  init(markdown: String) {
    var allowed: [String: Set<String>] = [:]
    var portable: Set<String> = []
    for line in markdown.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
      guard cells.count >= 4 else { continue }
      for name in Self.names(in: cells[0]) {
        allowed[name] = Set(Self.names(in: cells[2]))
        if cells[3].hasPrefix("any") { portable.insert(name) }
      }
    }
    self.allowed = allowed
    self.portable = portable
  }

  private static func names(in cell: Substring) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
