import Foundation
import Glibc
import InterlockSystem
import Testing

@Suite struct HostProcessTests {
  @Test func `this process is there since it started, and one that never was is not`() throws {
    let start = try #require(HostProcess.start(of: getpid()))
    #expect(start > 0)
    #expect(HostProcess.start(of: getpid()) == start)
    #expect(HostProcess.start(of: Int32.max) == nil)
    #expect(HostProcess.number == getpid())
    #expect(!HostProcess.command.isEmpty && !HostProcess.hostName.isEmpty)
    #expect(UUID(uuidString: HostProcess.bootID) != nil)
  }

  @Test func `a process that has ended and is not collected is not there`() throws {
    var child: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    try #require(posix_spawn(&child, "/bin/true", nil, nil, &words, nil) == 0)
    var info = siginfo_t()
    try #require(waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) == 0)
    #expect(HostProcess.start(of: child) == nil)
    waitpid(child, nil, 0)
    free(words[0])
  }

  @Test func `local time follows the rules of the zone`() async {
    // In a process of its own, because the zone belongs to the whole process.
    await #expect(processExitsWith: .success) {
      setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1)
      #expect(LocalTime.offset(at: 1_774_746_000 - 1) == 3600)
      #expect(LocalTime.offset(at: 1_774_746_000) == 7200)
      #expect(LocalTime.offset(at: 1_792_890_000 - 1) == 7200)
      #expect(LocalTime.offset(at: 1_792_890_000) == 3600)
      setenv("TZ", "NST3:30", 1)
      #expect(LocalTime.offset(at: 0) == -12_600)
      for seconds in [Int64.min, .max] { #expect(LocalTime.offset(at: seconds).magnitude < 90_000) }
    }
  }
}
