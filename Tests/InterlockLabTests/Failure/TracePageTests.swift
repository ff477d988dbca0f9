import Foundation
import FoundationXML
import Testing

@testable import InterlockLab

@Suite struct TracePageTests {
  private let source = Trace.sample.html(title: "<a> & \"b\"", schedule: "lab1/a.b//1:2#0000")

  @Test func `every step has one row, and a cell in each lane`() throws {
    let page = try PageReader(source)
    #expect(page.rows.count == 8)
    for cells in page.rows { #expect(cells == 5, "step, time and three lanes") }
    let numbers = page.links.filter { Int($0.text) != nil }.map(\.text)
    #expect(numbers == ["1", "2", "3", "4", "5", "6"])
  }

  @Test func `names and messages are text, whatever they hold`() throws {
    let page = try PageReader(source)
    #expect(page.text.contains("a<b>&\"c\""))
    #expect(page.text.contains("<a> & \"b\""))
    #expect(!source.contains("a<b>"))
  }

  @Test func `the deviations and the failure are marked, and linked from the top`() throws {
    let page = try PageReader(source)
    let marked = page.classes.filter { $0.key.split(separator: " ").contains("deviating") }
    #expect(marked.values.reduce(0, +) == 5, "three rows, one block, and one in the legend")
    let linked = page.links.filter { Int($0.text) == nil }.map(\.text)
    #expect(linked == ["step 4", "between steps", "at 1.2 s", "step 6"])
    for link in page.links { #expect(page.identifiers.contains(String(link.target.dropFirst()))) }
  }

  @Test func `everything that the text tells is told`() throws {
    let page = try PageReader(source)
    for row in Trace.sample.rows(isFolded: false) {
      for remark in row.remarks { #expect(page.text.contains(remark.text)) }
      if let step = row.step {
        for text in [step.taskName, step.actor ?? "runs", step.time.seconds] {
          #expect(page.text.contains(text))
        }
      }
    }
    #expect(page.text.contains("lab1/a.b//1:2#0000"))
  }

  @Test func `it needs nothing else, and runs nothing`() {
    for foreign in ["http", "<script", "src=", "url(", "@import", "<link", "onclick"] {
      #expect(!source.contains(foreign), "\(foreign)")
    }
  }

  @Test func `a line goes across from the lane that ran to the one that runs`() throws {
    let page = try PageReader(Trace.turns(4, of: 4).html(title: "t", schedule: "s"))
    #expect(page.classes["live left"] == 3)
    #expect(page.classes["right"] == 3)
  }

  @Test func `a long one with many tasks is drawn whole`() throws {
    let page = try PageReader(Trace.turns(500, of: 20).html(title: "t", schedule: "s"))
    #expect(page.rows.count == 500)
    #expect(page.rows.allSatisfy { $0 == 22 })
  }
}

/// What stands in a page; it has to be well-formed.
private final class PageReader: NSObject, XMLParserDelegate {
  private(set) var text = ""
  private(set) var links: [(target: String, text: String)] = []
  private(set) var identifiers: Set<String> = []
  private(set) var classes: [String: Int] = [:]
  /// The columns that each row of the body fills.
  private(set) var rows: [Int] = []
  private var isInBody = false

  init(_ source: String) throws {
    super.init()
    let parser = XMLParser(data: Data(source.utf8))
    parser.delegate = self
    guard parser.parse() else { throw try #require(parser.parserError) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if let identifier = attributes["id"] {
      #expect(identifiers.insert(identifier).inserted, "\(identifier) is there twice")
    }
    if let kind = attributes["class"] { classes[kind, default: 0] += 1 }
    switch name {
    case "tbody": isInBody = true
    case "tr": if isInBody { rows.append(0) }
    case "td", "th":
      if isInBody { rows[rows.count - 1] += attributes["colspan"].flatMap(Int.init) ?? 1 }
    case "a": links.append((attributes["href"] ?? "", ""))
    default: break
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "tbody" { isInBody = false }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    if let last = links.indices.last, links[last].text.isEmpty { links[last].text = string }
  }
}
