internal import Interlock

/// One request of this client, from asking to having given back.
package struct RemoteLockRequest: Sendable {
  /// What it is at.
  package enum Phase: Sendable, Hashable {
    /// It is being asked for.
    case asking
    /// It is in line on the server.
    case inLine
    /// It is its turn, and that is being confirmed.
    case claiming
    case held
    /// It was told that it does not hold, and the server is told too.
    case leaving
    case releasing
  }

  /// What does not change, in one place: requests are handed around by value.
  private final class Details: Sendable {
    let request: LockRequest
    let text: String
    let key: String
    let listener: RemoteLockTable.Listener

    init(
      _ request: LockRequest, text: String, key: String,
      _ listener: @escaping RemoteLockTable.Listener
    ) {
      (self.request, self.text, self.key, self.listener) = (request, text, key, listener)
    }
  }

  private let details: Details
  /// Counts up: the order of requests here.
  package internal(set) var number: UInt64 = 0
  package internal(set) var phase = Phase.asking
  /// Its place in line; 0 until it has one.
  package internal(set) var ticket = "0"
  /// Whether the server may know of it although it did not say so.
  var wasSent = false
  /// Who was in the way when that was last told.
  var obstacle: RemoteLockObstacle?
  /// When it is answered whatever comes, or forgotten.
  var giveUp: Instant?
  /// What it is told once the server has taken it out of line.
  var refusal: LockRefusal?
  /// Told what came of giving back; nil when it has been.
  var released: RemoteLockTable.ReleaseAnswer?
  /// Whether giving back was tried before and is not known to have been done.
  var isReleaseUncertain = false
  /// Until when it may be recorded, once it is to be forgotten.
  var recordedUntil = Instant.distantFuture

  /// A request that nobody knows of yet.
  ///
  /// - Parameters:
  ///   - request: What is asked for.
  ///   - text: What stands for it on the server.
  ///   - key: What stands for its lock there.
  ///   - listener: Told what becomes of it.
  package init(
    _ request: LockRequest, text: String, key: String,
    _ listener: @escaping RemoteLockTable.Listener
  ) {
    details = Details(request, text: text, key: key, listener)
  }

  /// What is asked for.
  package var asked: LockRequest { details.request }
  /// What stands for it on the server.
  package var text: String { details.text }
  /// What stands for its lock there.
  package var key: String { details.key }
  package var token: LockToken { asked.token }
  package var name: LockName { asked.name }
  package var mode: LockMode { asked.mode }
  package var term: Duration { asked.term }
  package var waits: Bool { asked.waits }
  var listener: RemoteLockTable.Listener { details.listener }

  /// `x`, `s` or `p`.
  package var letter: String {
    switch mode {
    case .exclusive: "x"
    case .shared: "s"
    case .permits: "p"
    }
  }

  /// Permits; 1 for none.
  package var weight: Int { if case .permits(let weight, _) = mode { weight } else { 1 } }

  /// Whether it waits, or may.
  package var isOpen: Bool {
    switch phase {
    case .asking, .inLine, .claiming: true
    case .held, .leaving, .releasing: false
    }
  }
}
