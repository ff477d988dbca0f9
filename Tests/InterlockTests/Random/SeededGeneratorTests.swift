import Interlock
import Testing

@Suite struct SeededGeneratorTests {
  @Test func `the first numbers are those of the published algorithm`() {
    var generator = SeededGenerator(seed: 1_234_567)
    let drawn = (0..<5).map { _ in generator.next() }
    #expect(
      drawn == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func `a copy continues on its own`() {
    var first = SeededGenerator(seed: 1)
    _ = first.next()
    var second = first
    #expect(first.next() == second.next())
  }
}
