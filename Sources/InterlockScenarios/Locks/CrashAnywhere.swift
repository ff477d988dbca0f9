internal import Interlock
internal import InterlockLab

extension Scenario {
  /// The holder of a lock crashes, wherever it is.
  static let crashAnywhere: Scenario = {
    let processes = Parameter("processes", 2)
    let term = Parameter("term in milliseconds", 1000)
    return Scenario(
      "lock.crash-anywhere",
      asks: "Does the next process get the lock within two terms when its holder crashes anywhere?",
      parameters: [processes, term], faults: .crashAnywhere, foundWithin: 152
    ) { lab, variant in
      let store = KeyStore()
      let document = FencedDocument()
      let isServed = Watched(false)
      let isDefective = variant.isDefective
      // Without a term it is held until it is given back.
      let lock = TermLock(
        store: store, key: "lock",
        term: isDefective ? .seconds(86_400) : .milliseconds(term.value), attempts: 10,
        retry: .milliseconds(300))
      lab.invariant("no late write") { document.log.value.staleWrites == 0 }
      @Sendable func write(_ fence: Int) async {
        await SystemClock().pause(for: .milliseconds(400))
        await document.write(fence, isFenced: !isDefective)
      }
      lab.process("holder") { _ in _ = await lock.withLock("holder", write) }
      let limit = SystemClock().now.advanced(by: .milliseconds(2 * term.value))
      // Owner: this body, which waits for it.
      let survivor = Task(name: "survivor") {
        _ = await lock.withLock("survivor") { fence in
          isServed.change { $0 = SystemClock().now <= limit }
          await write(fence)
        }
      }
      await survivor.value
      lab.check(isServed.value, "the survivor did not get the lock within two terms")
    }
  }()
}
