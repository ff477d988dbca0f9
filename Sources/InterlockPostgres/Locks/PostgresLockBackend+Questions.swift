public import Interlock
public import InterlockLocks
internal import InterlockSystem

/// What is asked and answered once, by whoever can wait.
extension PostgresLockBackend {
  static let forceStatement = PostgresStatement(rowsOf: "force", "text, text, text, text, bigint")
  static let askStatement = PostgresStatement("ask", "text, text, text, text")
  static let raiseStatement = PostgresStatement("raise", "text, text, bigint")
  static let changeStatement = PostgresStatement("change", "text, text, text, bigint")

  /// Makes another mode of a grant in one step.
  ///
  /// - Throws: `LockError`.
  /// - Returns: the fence it has now; nil when others are inside.
  public func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode
  ) async throws(LockError) -> Fence? {
    guard mode.limit == nil else {
      throw LockError(name, .invalidOption("a grant cannot be turned into permits"))
    }
    let text = try await askRepeatedly(
      Self.changeStatement, name,
      [.text(name.text), .text(token.text), mode == .shared ? "s" : "x", .session]
    ).text
    if text == "shared" { return nil }
    return try Self.held(text, token, name)
  }

  /// Raises the fence of a grant above one that the guarded thing has seen.
  ///
  /// - Throws: `LockError`.
  /// - Returns: the new fence.
  public func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence
  ) async throws(LockError) -> Fence {
    let text = try await askRepeatedly(
      Self.raiseStatement, name, [.text(name.text), .text(token.text), "\(floor)"]
    ).text
    return try Self.held(text, token, name)
  }

  private static func held(
    _ text: String?, _ token: LockToken, _ name: LockName
  ) throws(LockError) -> Fence {
    guard let text, text.hasPrefix("held "), let fence = UInt64(text.dropFirst("held ".count))
    else { throw LockError(name, .notHolder(token: token.text)) }
    return Fence(fence)
  }

  /// Takes a lock away from whoever holds it, who is told by a message.
  ///
  /// A transaction that has checked the fence ends first: this waits for it for some seconds.
  ///
  /// - Throws: `LockError`.
  /// - Returns: those that were ended.
  public func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder] {
    let attempt = try await askRepeatedly(
      Self.forceStatement, name,
      [
        .text(name.text), token.map { .text($0) } ?? .null, .text(RemoteLockMessage.word(by)),
        .text(RemoteLockMessage.word(reason)), .session,
      ])
    if let rows = attempt.rows { return rows.compactMap { Self.ended($0.first ?? nil) } }
    // An earlier try, whose answer was lost, has done it.
    guard attempt.wasRepeated, let token else {
      throw LockError(name, .notHolder(token: token))
    }
    return [LockHolder(token: token, owner: LockSession.owner(of: token), mode: .exclusive)]
  }

  /// A holder that was ended: token, mode, weight, permits, fence, left, reason.
  private static func ended(_ text: String?) -> LockHolder? {
    let parts = (text ?? "").split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false)
    guard parts.count == 7,
      let mode = LockMode(letter: parts[1], weight: parts[2], permits: parts[3]),
      let fence = UInt64(parts[4]), let left = Int64(parts[5])
    else { return nil }
    return LockHolder(
      token: String(parts[0]), owner: LockSession.owner(of: parts[0]), mode: mode,
      fence: Fence(fence), left: .milliseconds(left), reason: String(parts[6]))
  }

  /// Tells a holder by a message that somebody would like to have it.
  ///
  /// - Throws: `LockError`.
  public func askToYield(
    _ name: LockName, token: String, by: String, reason: String
  ) async throws(LockError) {
    let text = try await askRepeatedly(
      Self.askStatement, name,
      [
        .text(name.text), .text(token), .text(RemoteLockMessage.word(by)),
        .text(RemoteLockMessage.word(reason)),
      ]
    ).text
    guard text == "1" else { throw LockError(name, .notHolder(token: token)) }
  }

  /// What came of a call, once it came to something.
  struct Attempt: Sendable {
    /// Nil when that is not held which it is about.
    var rows: [[String?]]?
    /// Whether an earlier try may have done it.
    var wasRepeated: Bool
    /// The one value.
    var text: String? { rows?.first?.first ?? nil }
  }

  /// Calls a function and waits for its answer.
  ///
  /// What it does again when it is called again is repeated until there is one, for a few seconds.
  func askRepeatedly(
    _ statement: PostgresStatement, _ name: LockName, _ values: [PostgresValue]
  ) async throws(LockError) -> Attempt {
    let end = clock.now.advanced(by: PostgresConnection.usualLimit)
    var wasRepeated = false
    while true {
      let answer = FirstAnswer<Result<[[String?]], PostgresFailure>>()
      connection.call(statement, values) { answer.give($0) }
      switch await answer.value {
      case .success(let rows): return Attempt(rows: rows, wasRepeated: wasRepeated)
      case .failure(.refused(.refused("IL002", _))):
        return Attempt(rows: nil, wasRepeated: wasRepeated)
      // A transaction that has checked the fence goes on.
      case .failure(.refused(.refused("IL003", _))) where clock.now < end:
        await pause(.milliseconds(20))
      case .failure(.unknown) where clock.now < end: wasRepeated = true
      case .failure(let failure):
        throw driver.look { $0.unavailable(name, RemoteFault(failure.cause)) }
      }
    }
  }

  private func pause(_ duration: Duration) async {
    let over = FirstAnswer<Void>()
    let alarm = reactor.makeAlarm { over.give(()) }
    alarm.set(clock.now.advanced(by: duration))
    await over.value
  }
}
