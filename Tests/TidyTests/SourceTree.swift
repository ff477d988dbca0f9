import Foundation

/// The package's own files, as text.
struct SourceTree {
  struct File {
    /// Path from the package's root.
    let path: String
    let text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    /// The module or test target it belongs to: the folder below `Sources` or `Tests`.
    var module: String { String(path.split(separator: "/")[1]) }
  }

  let root: URL

  init() {
    root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The Swift files below a folder of the root, in order of their paths.
  func swiftFiles(below folder: String) throws -> [File] {
    let base = root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: base.path()) else { return [] }
    var files: [File] = []
    for case let name as String in walk where name.hasSuffix(".swift") && !name.contains(".build") {
      files.append(File(path: "\(folder)/\(name)", text: try text("\(folder)/\(name)")))
    }
    return files.sorted { $0.path < $1.path }
  }

  /// The text files a reader of the repository sees: sources, scripts and documents.
  func committedText() throws -> [File] {
    var files = try ["Sources", "Tests", "Benchmarks", "Fuzz"].flatMap(swiftFiles(below:))
    for folder in [".", "docs", "docs/design", "Scripts", "examples", ".ci"] {
      let path = root.appending(path: folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: path.path()).sorted()
      where name != ".git" {
        let whole = folder == "." ? name : "\(folder)/\(name)"
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
          atPath: root.appending(path: whole).path(), isDirectory: &isFolder)
        guard exists, !isFolder.boolValue else { continue }
        guard let text = try? text(whole) else { continue }  // not UTF-8: not prose or code
        files.append(File(path: whole, text: text))
      }
    }
    return files
  }
}
