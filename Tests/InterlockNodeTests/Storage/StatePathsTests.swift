import Testing

@testable import InterlockNode

@Suite struct StatePathsTests {
  private func directory(
    _ change: (inout NodeConfiguration) -> Void, _ environment: [String: String],
    isRoot: Bool = false
  ) -> String {
    var configuration = NodeConfiguration()
    configuration.modem.type = .kissSerial
    change(&configuration)
    return StatePaths(configuration, environment: { environment[$0] }, isRoot: isRoot).directory
  }

  @Test func `state lies where the user's system keeps it`() {
    #expect(directory({ _ in }, ["HOME": "/h"]) == "/h/.local/state/interlock")
    #expect(directory({ _ in }, ["HOME": "/h", "XDG_STATE_HOME": "/x"]) == "/x/interlock")
    #expect(directory({ _ in }, ["HOME": "/h"], isRoot: true) == "/var/lib/interlock")
    #expect(
      directory({ _ in }, ["XDG_STATE_HOME": "relative"], isRoot: true) == "/var/lib/interlock")
  }

  @Test func `a simulated node has a folder of its own, so it spends no real allowance`() {
    #expect(
      directory({ $0.modem.type = .simulated }, ["XDG_STATE_HOME": "/x"])
        == "/x/interlock/simulated")
  }

  @Test func `what is configured wins`() {
    #expect(directory({ $0.storage.directory = "/s" }, ["HOME": "/h"]) == "/s")
    var configuration = NodeConfiguration()
    configuration.storage.directory = "/s"
    configuration.storage.ledgerFile = "/l"
    configuration.identity.file = "/i"
    let paths = StatePaths(configuration, environment: { _ in nil }, isRoot: false)
    #expect(paths.ledger == "/l")
    #expect(paths.identity == "/i")
    #expect(paths.controlSocket == "/s/node.socket")
  }
}
