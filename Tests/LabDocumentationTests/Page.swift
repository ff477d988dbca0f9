import Foundation

/// A page of the lab's documentation, and the code that it shows.
struct Page {
  let text: String
  /// What stands between fences: the language, if one is named, and the lines.
  let blocks: [(language: String, text: String)]

  init(_ name: String) throws {
    text = try Repository.text("Sources/InterlockLab/InterlockLab.docc/\(name).md")
    var blocks: [(language: String, text: String)] = []
    var open: (language: String, lines: [Substring])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append((block.language, block.lines.joined(separator: "\n")))
          open = nil
        } else {
          open = (String(line.dropFirst(3)), [])
        }
      } else {
        open?.lines.append(line)
      }
    }
    self.blocks = blocks
  }

  /// The blocks in a language; `""` for those in none.
  func blocks(in language: String) -> [String] {
    blocks.filter { $0.language == language }.map(\.text)
  }
}

/// The files of this repository.
enum Repository {
  static func text(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The pieces of a source file between `// page begin` and `// page end`, without the indentation they share.
  static func shownPieces(_ path: String) throws -> [String] {
    try text(path).split(separator: "// page begin\n").dropFirst().map { rest in
      let piece = rest.prefix { _ in true }.split(
        separator: "\n", omittingEmptySubsequences: false)
      let lines = piece.prefix { !$0.contains("// page end") }
      let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min()
      return lines.map { String($0.dropFirst(indentation ?? 0)) }.joined(separator: "\n")
    }
  }
}
