import Foundation
import Testing

/// Where the standard library is linked statically, the linker is told what the lab stands in front of.
@Suite struct WrappedFunctionTests {
  private let tree = SourceTree()

  private func words(_ path: String, from start: String, to end: String) throws -> Set<Substring> {
    let text = try tree.text(path)
    let first = try #require(text.range(of: start)).upperBound
    let last = try #require(text.range(of: end, range: first..<text.endIndex)).lowerBound
    return Set(text[first..<last].split { $0.isWhitespace || $0 == "\\" })
  }

  @Test func `the manifest and the manual name what the lab's sources wrap`() throws {
    let tasks = try tree.text("Sources/CInterlockLab/tasks.c").matches(of: /\n  FIND\((\w+)\)/)
    let threads = try tree.text("Sources/CInterlockLab/threads.c").matches(of: /X\((dispatch_\w+),/)
    let wrapped = Set((tasks + threads).map(\.output.1)).union(["main"])
    #expect(wrapped.count > 20)
    #expect(try words("Package.swift", from: "let wrapped = \"\"\"", to: "\"\"\"") == wrapped)
    let manual = "Sources/InterlockLab/InterlockLab.docc/Linking.md"
    #expect(try words(manual, from: "for function in", to: "; do") == wrapped)
  }
}
