import CInterlockLab
import Glibc
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

  /// Each in a process of its own: what is left off may leave the lab.
  @Test(arguments: [
    (INTERLOCK_LAB_WITHOUT_TASKS, ["task", "detached task", "immediate task"]),
    (INTERLOCK_LAB_WITHOUT_ACTORS, ["actor"]),
    (INTERLOCK_LAB_WITHOUT_MAIN, ["main actor"]),
    (INTERLOCK_LAB_WITHOUT_CLOCK, ["virtual now"]),
    (INTERLOCK_LAB_WITHOUT_CHILDREN, ["group", "async let"]),
    (INTERLOCK_LAB_WITHOUT_SLEEP, ["sleep"]),
    (INTERLOCK_LAB_WITHOUT_YIELD, ["yield"]),
  ])
  func `lab.L-17 a control that is left off is named, and the lab refuses`(
    without: Int, probes: [String]
  ) async {
    await #expect(processExitsWith: .success) { [without, probes] in
      let check = SelfCheck(without: UInt32(without))
      let failed = check.probes.filter { !$0.isPassed }.map(\.name)
      for probe in probes {
        precondition(failed.contains(probe), "\(probe) is not among \(failed)")
        precondition(check.refusal?.contains("\(probe): ") == true)
      }
      precondition(!check.isInControl)
    }
  }

  @Test func `lab.L-17 names that are left off are named, and the lab explores`() {
    let check = SelfCheck(without: UInt32(INTERLOCK_LAB_WITHOUT_NAMES))
    #expect(check.probes.filter { !$0.isPassed }.map(\.name) == ["name"])
    #expect(check.isInControl)
  }

  @Test func `lab.L-17 hashing with a seed is named, and the lab refuses`() async {
    await #expect(processExitsWith: .success) {
      let parameters = dlsym(nil, "_swift_stdlib_Hashing_parameters")!
      parameters.storeBytes(of: 7, as: UInt64.self)
      let check = SelfCheck(without: 0)
      precondition(check.probes.filter { !$0.isPassed }.map(\.name) == ["hashing"])
      precondition(!check.isInControl)
    }
  }

  @Test func `lab.L-17 where memory cannot be looked at, reports say less`() async {
    await #expect(processExitsWith: .success) {
      interlock_lab_forbid_reading()
      let check = SelfCheck(without: 0)
      precondition(
        check.probes.filter { !$0.isPassed }.map(\.name) == ["completion", "waiting"],
        "\(check.probes)")
      precondition(check.isInControl)
    }
  }
}
