import TestSupport
import Testing

/// `docs/rollout.md`: its commands, run one after the other, print what it says they print.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RolloutPageTests {
  @Test func `every command of the page prints what the page says`() throws {
    let page = try ConsolePage("rollout.md")
    #expect(page.steps.count > 15)
    try page.check(
      after: """
        export INTERLOCK_BACKEND=file://$PWD/locks REDIS_URL
        mkdir givtcp
        """)
  }
}
