import TestSupport
import Testing

/// `docs/debugging-locks.md`: its commands, run one after the other in its scene, print what it says they print.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct DebuggingPageTests {
  /// Holder and waiter.
  private static let scene = """
    export INTERLOCK_BACKEND=$REDIS_URL
    mkfifo gate
    interlock lock run nightly/backup --reason "nightly backup" -- sh -c "read x < gate" 2>holder.log &
    until interlock lock show nightly/backup --json | grep -q '"held":true'; do :; done
    interlock lock run nightly/backup --timeout none -- true &
    until interlock lock show nightly/backup --json | grep -q '"waiters":\\[{'; do :; done
    """

  @Test func `every command of the page prints what the page says`() throws {
    let page = try ConsolePage("debugging-locks.md")
    #expect(page.steps.count > 15)
    try page.check(after: Self.scene)
  }
}
