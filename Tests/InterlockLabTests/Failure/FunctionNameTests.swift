import Testing

@testable import InterlockLab

@Suite struct FunctionNameTests {
  @Test(arguments: [
    (
      "(2) await resume partial function for InterlockLabTests.(Gate in _FB7DDFA13D424DC7ECF0FB49DBA062B8).enter() async -> ()",
      "Gate.enter()"
    ),
    (
      "(1) await resume partial function for closure #1 () async -> () in closure #1 nonisolated(nonsending) @Sendable () async -> () in Some.Tests.frames(Swift.Int) async throws -> ()",
      "closure #1 in closure #1 in Tests.frames(…)"
    ),
    (
      "closure #1 () async -> () in Some.Tests.`a lock in a queue`() async throws -> ()",
      "closure #1 in Tests.`a lock in a queue`()"
    ),
    ("static Some.Gate.shared() async -> Some.Gate", "Gate.shared()"),
    ("Some.Gate.value.getter : Swift.Int", "Gate.value.getter"),
  ])
  func `a function is called what its author called it`(demangled: String, name: String) {
    #expect(FunctionName.short(demangled) == name)
  }

  @Test(arguments: [
    "(1) await resume partial function for partial apply forwarder for closure #1 () async -> () in Some.frames() async -> ()",
    "(1) await resume partial function for reabstraction thunk helper from @escaping @callee_guaranteed () -> () to ()",
    "(1) await resume partial function for closure #1 () async -> () in InterlockLab.Engine.run(InterlockLab.Strategy) -> ()",
    "Swift.withCheckedContinuation<A>(isolation: isolated Swift.Actor?) async -> A",
  ])
  func `what nobody wrote has no name`(_ demangled: String) {
    #expect(FunctionName.short(demangled) == nil)
  }
}
