import InterlockWire
import Testing

@Suite struct NearestNameTests {
  let names = ["latitude", "longitude", "name", "mode"]

  @Test(arguments: [
    ("latitud", "latitude"), ("lattitude", "latitude"), ("Longitude", "longitude"),
    ("nmae", "name"), ("mod", "mode"),
  ])
  func `a slip of the keyboard finds what was meant`(typed: String, meant: String) {
    #expect(NearestName.of(typed, among: names) == meant)
  }

  @Test(arguments: ["altitude of the mast", "x", "", "frequency"])
  func `something else finds nothing`(typed: String) {
    #expect(NearestName.of(typed, among: names) == nil)
  }

  @Test func `a very long name is not compared`() {
    #expect(NearestName.of(String(repeating: "a", count: 65), among: ["a"]) == nil)
  }
}
