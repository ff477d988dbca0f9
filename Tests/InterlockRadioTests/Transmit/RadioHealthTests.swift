import Interlock
import Testing

@testable import InterlockRadio

@Suite struct RadioHealthTests {
  private let policy = TransmitPolicy()
  private let now = Instant.origin

  /// One whose breaker has just opened.
  private func opened() -> RadioHealth {
    var health = RadioHealth(policy: policy)
    let changes = (0..<policy.breakerThreshold).map { _ in
      health.failed(abandoned: false, at: now)
    }
    #expect(changes.last == .opened(failures: policy.breakerThreshold))
    return health
  }

  @Test func `radio.R2 a success on trial closes the breaker, and only once`() {
    var health = opened()
    health.resetSucceeded()
    #expect(health.state == .trial)
    #expect(health.succeeded() == .closed)
    #expect(health.succeeded() == .none)
  }

  @Test func `radio.R2 a doubt during the trial does not hide that the breaker closes`() {
    var health = opened()
    health.resetSucceeded()
    health.suspect(at: now)
    #expect(health.resetDue == now)
    health.resetSucceeded()
    #expect(health.succeeded() == .closed)
  }

  @Test func `a doubt about a radio that works closes nothing`() {
    var health = RadioHealth(policy: policy)
    health.suspect(at: now)
    health.resetSucceeded()
    #expect(health.succeeded() == .none)
  }
}
