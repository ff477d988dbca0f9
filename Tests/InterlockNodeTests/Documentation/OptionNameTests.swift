import Foundation
import InterlockNode
import Testing

/// What the documents call an option is one.
@Suite struct OptionNameTests {
  /// Every option, and the members of lists as `list.member`.
  private static let options: Set<String> = {
    var names: Set<String> = []
    for setting in NodeConfiguration.table.descriptions {
      names.insert(setting.path)
      for item in setting.items { names.insert("\(setting.path).\(item.path)") }
    }
    return names
  }()

  /// Code of one word with a dot in it whose first part is the name of a group of options.
  ///
  /// A pattern such as `delays.*` names no option, and a name of more levels in lower case, such as
  /// `path.hash.mode`, is one of the remote administration's. An option begins with a lower-case
  /// letter; `radio.D1` is an acceptance test.
  private static func mentioned(in text: String) -> [String] {
    let groups = Set(options.map { $0.prefix { $0 != "." } })
    return text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }
      .map { String($0.element.prefix { $0 != ":" && $0 != " " && $0 != "=" }) }
      .filter { word in
        word.contains(".") && !word.hasSuffix(".") && groups.contains(word.prefix { $0 != "." })
          && word.drop { $0 != "." }.dropFirst().first?.isLowercase == true
          && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
      }
  }

  @Test func `each option the documents name exists`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs")
    let documents = try FileManager.default.contentsOfDirectory(atPath: folder.path())
      .filter { $0.hasSuffix(".md") }
    var count = 0
    for name in documents.sorted() {
      for option in Self.mentioned(in: try Repository.text("docs/\(name)")) {
        count += 1
        let exists = Self.options.contains(option)
        #expect(exists, "docs/\(name): there is no option \(option)")
      }
    }
    #expect(count > Self.options.count / 2, "the documents were read")
  }

  @Test func `a name that is none is noticed`() {
    let text = """
      Set `modem.socket` or `delays.floodFactor: 2`, see `witness.jsonl`, `radio.D1`, `radio.`.
      """
    let names = Self.mentioned(in: text)
    #expect(names == ["modem.socket", "delays.floodFactor"])
    #expect(names.filter { !Self.options.contains($0) } == ["modem.socket"])
  }
}
