import Testing

@testable import InterlockLab

@Suite struct ScheduleTests {
  @Test(arguments: [
    "lab1/body//", "lab1/lock.race/d8f1/1:2,3:1#9c4e",
    "lab1/a/0000/5:1/f=c12.3,k7.node-a,e2.radio.send",
    "lab1/a//2:0/t=8#0001", "lab1/a///s", "lab1/a///q/p=2.clients,0.relays",
    "lab1/a%2Fb%23/0000//f=k1.caf%C3%A9%2C",
    "lab1/a///p=-3.a.b",
    "lab1/a///f=d2.1500.radio.send",
    "lab1/a//1:1/f=k0.x/t=3/s/r=18446744073709551615#ffff",
  ])
  func `a schedule is written as it was read`(_ text: String) throws {
    #expect(try Schedule(parsing: text).text == text)
  }

  @Test func `many deviations are packed, and come back as they were`() throws {
    var generator = SplitMix(7)
    for count in [40, 41, 100, 1000] {
      var schedule = Schedule(name: "a", build: "", deviations: [])
      var decision = 0
      for _ in 0..<count {
        decision += 1 + generator.below(generator.below(3) == 0 ? 100_000 : 3)
        schedule.deviations.append(
          Deviation(
            decision: decision,
            choice: Int32(generator.below(generator.below(3) == 0 ? 1 << 31 : 4))))
      }
      let text = schedule.text
      #expect(text.contains("~") == (count > 40))
      #expect(text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"'\"\\$`!&*;<>|".utf8.contains($0) })
      #expect(try Schedule(parsing: text) == schedule)
      // A text that lost its end is no schedule, or another one: then the check tells.
      if count > 40 {
        let cut = try? Schedule(parsing: String(text.dropLast()))
        #expect(cut?.deviations != schedule.deviations)
      }
    }
  }

  @Test(arguments: [
    "lab1/a/seed=/random", "lab1/a/seed=1", "lab1/a/seed=1/pct", "lab1/a/seed=1/pct:0",
    "lab1/a/seed=-1/random", "lab1//seed=1/random", "lab1/a/seed=1/exhaustive",
    "lab1/a/seed=1/random/s",
  ])
  func `what is no schedule with a seed is refused`(_ text: String) {
    let error = #expect(throws: ScheduleError.self) { try SeededSchedule(parsing: text) }
    #expect(error?.description.contains("pct:<depth>") == true)
  }

  @Test(arguments: [
    ("random", Plan.Method.random), ("pct:3", .pct(depth: 3)), ("uniform", .uniform),
    ("pos", .partialOrder),
  ])
  func `a schedule with a seed names its strategy`(text: String, method: Plan.Method) throws {
    let schedule = try #require(try SeededSchedule(parsing: "lab1/a/seed=7/\(text)"))
    #expect(schedule.seed == 7 && schedule.method == method && schedule.name == "a")
    #expect(try SeededSchedule(parsing: "lab1/a//1:1") == nil)
  }

  @Test(arguments: [
    ("", "begins with"), ("lab2/a//", "begins with"), ("lab1/a/", "lab1/<name>"),
    ("lab1///", "lab1/<name>"), ("lab1/a//x", "\"x\" is not decision:choice"),
    ("lab1/a//1:2,1:3", "decision 1 is not after"), ("lab1/a//-1:2", "decision:choice"),
    ("lab1/a//1:2:3", "decision:choice"), ("lab1/a//#12", "four hexadecimal"),
    ("lab1/a//#12345", "four hexadecimal"), ("lab1/a///x", "none of"),
    ("lab1/a///p=x", "number.parameter"), ("lab1/a%2/0000/", "no name"),
    ("lab1/a%FF//", "no name"), ("lab1/a b//", "no name"), ("lab1/a%+1//", "no name"),
    ("lab1/a///p=1.", "number.parameter"), ("lab1/a//~!", "cut or changed"),
    ("lab1/a//~g", "cut or changed"), ("lab1/a///f=d1.send", "no fault"),
    ("lab1/a///f=d1.0.send", "no fault"), ("lab1/a///t=0", "above 0"),
    ("lab1/a///r=x", "number"), ("lab1/a///f=c1", "no fault"), ("lab1/a///f=c1.x", "no fault"),
    ("lab1/a///f=z1.2", "no fault"),
  ])
  func `what is no schedule is refused with the reason`(text: String, reason: String) {
    let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }
}
