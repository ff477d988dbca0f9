import CInterlockLab
import Testing

@testable import InterlockLab

@Suite struct SelfCheckTests {
  @Test func `every probe passes with this compiler`() {
    for probe in SelfCheck.result.probes { #expect(probe.isPassed, "\(probe)") }
    #expect(SelfCheck.result.isInControl)
    #expect(SelfCheck.result.refusal == nil)
    #expect(RuntimeLayout.found.status != nil)
    #expect(RuntimeLayout.found.recordList != nil)
  }

  @Test(arguments: [
    (INTERLOCK_LAB_WITHOUT_TASKS, ["task", "detached task"]),
    (INTERLOCK_LAB_WITHOUT_ACTORS, ["actor"]),
    (INTERLOCK_LAB_WITHOUT_MAIN, ["main actor"]),
    (INTERLOCK_LAB_WITHOUT_CLOCK, ["virtual now"]),
    (INTERLOCK_LAB_WITHOUT_NAMES, ["name"]),
  ])
  func `lab.L-17 a control that is left off is named`(without: Int, probes: [String]) {
    let check = SelfCheck(without: UInt32(without))
    let failed = check.probes.filter { !$0.isPassed }.map(\.name)
    for probe in probes { #expect(failed.contains(probe), "\(failed)") }
    let isReport = probes == ["name"]
    #expect(check.isInControl == isReport)
    guard !isReport else { return }
    for probe in probes { #expect(check.refusal?.contains("\(probe): ") == true) }
  }
}
