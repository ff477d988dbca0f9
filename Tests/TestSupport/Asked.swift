package import Interlock
package import InterlockLocks
internal import Testing

/// One request of a backend, and what was told of it.
package final class Asked: Sendable {
  /// Nobody renews here: a term that is longer than any test, however slow the machine.
  package static let term = Duration.seconds(1_800)

  package let token: LockToken
  package let name: LockName
  private let backend: any LockBackend
  package let events = Log<LockEvent>()

  /// Asks for a lock that is decided by a server, and so never at once.
  package init(
    _ backend: any LockBackend, _ name: LockName, _ mode: LockMode = .exclusive,
    term: Duration = Asked.term, waits: Bool = true, floor: Fence? = nil, reason: String = ""
  ) throws {
    self.backend = backend
    self.name = name
    token = backend.session.nextToken()
    let request = LockRequest(
      name, mode, token: token, term: term, waits: waits, floor: floor, reason: reason)
    let events = events
    let atOnce = try backend.request(request) { events.append($0) }
    #expect(atOnce == nil, "a server is never asked without a round trip")
  }

  /// Waits for the first answer.
  private func first() async throws -> LockEvent {
    try await eventually("\(name) is answered") { events.count > 0 }
    return events.all[0]
  }

  package func grant() async throws -> LockGrant {
    switch try await first() {
    case .granted(let grant): return grant
    case .refused(let refusal): throw refusal
    case .asked, .lost: throw LockError(name, .notHolder(token: token.text))
    }
  }

  package func refusal() async throws -> LockRefusal? {
    if case .refused(let refusal) = try await first() { refusal } else { nil }
  }

  /// Why it was not granted, in words.
  package func failure() async throws -> String {
    if case .failed(let error)? = try await refusal() { "\(error)" } else { "" }
  }

  package func lost() async throws -> LeaseLoss? {
    func loss() -> LeaseLoss? {
      for case .lost(let loss) in events.all { return loss }
      return nil
    }
    try await eventually("\(name) is lost") { loss() != nil }
    return loss()
  }

  package var isAnswered: Bool { events.count > 0 }
  package var isGranted: Bool {
    events.all.contains { if case .granted = $0 { true } else { false } }
  }
  /// Grants and refusals: one, always.
  package var answers: Int {
    events.all.count {
      switch $0 {
      case .granted, .refused: true
      case .asked, .lost: false
      }
    }
  }

  package func withdraw() { backend.withdraw(token, of: name) }

  package func release() async throws -> Bool {
    let answer = Log<Result<Bool, LockError>>()
    backend.release(token, of: name) { answer.append($0) }
    try await eventually("\(name) is given back") { answer.count > 0 }
    return try answer.all[0].get()
  }

  package func renew(term: Duration = Asked.term) async throws -> LockRenewal.Answer {
    let answer = Log<[LockRenewal.Answer]>()
    backend.renew([LockRenewal(token: token, name: name, term: term)]) { answer.append($0) }
    try await eventually("\(name) is renewed") { answer.count > 0 }
    return answer.all[0][0]
  }
}

extension LockRenewal.Answer {
  package var isConfirmed: Bool { if case .confirmed = self { true } else { false } }
}
