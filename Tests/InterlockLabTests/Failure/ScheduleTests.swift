import Testing

@testable import InterlockLab

@Suite struct ScheduleTests {
  @Test(arguments: [
    "lab1/body//", "lab1/lock.race/d8f1/1:2,3:1#9c4e",
    "lab1/a/0000/5:1/f=c12.3,k7.node-a,e2.radio.send",
    "lab1/a//2:0/t=8#0001", "lab1/a///s", "lab1/a//1:1/f=k0.x/t=3/s/r=18446744073709551615#ffff",
  ])
  func `a schedule is written as it was read`(_ text: String) throws {
    #expect(try Schedule(parsing: text).text == text)
  }

  @Test(arguments: [
    ("", "begins with"), ("lab2/a//", "begins with"), ("lab1/a/", "lab1/<name>"),
    ("lab1///", "lab1/<name>"), ("lab1/a//x", "\"x\" is not decision:choice"),
    ("lab1/a//1:2,1:3", "decision 1 is not after"), ("lab1/a//-1:2", "decision:choice"),
    ("lab1/a//1:2:3", "decision:choice"), ("lab1/a//#12", "four hexadecimal"),
    ("lab1/a//#12345", "four hexadecimal"), ("lab1/a///q", "none of"), ("lab1/a///t=0", "above 0"),
    ("lab1/a///r=x", "number"), ("lab1/a///f=c1", "no fault"), ("lab1/a///f=c1.x", "no fault"),
    ("lab1/a///f=z1.2", "no fault"),
  ])
  func `what is no schedule is refused with the reason`(text: String, reason: String) {
    let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }
}
