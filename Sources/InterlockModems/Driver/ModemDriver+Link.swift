internal import Interlock
internal import InterlockRadio
internal import InterlockSystem

// The loop that keeps a link open, and what is done on it.
extension ModemDriver {
  /// Opens a link, uses it until it ends, and tries the next, for ever.
  func keepConnected() async throws {
    var backoff = ReconnectBackoff(seed: seed)
    var reported: ModemError?
    while true {
      let known = state.withLock { $0.machine.identity }
      let candidates = await source.candidates(isKeyKnown: known != nil)
      attempts: for (index, candidate) in candidates.enumerated() {
        var error: ModemError
        var hasWorked = false
        do {
          let link = try await source.open(candidate)
          let result = await session(link, identity: candidate.isCertain ? nil : known)
          error = result.error
          if let worked = result.worked {
            backoff.linkWorked(for: worked)
            reported = nil
            hasWorked = true
          }
        } catch is CancellationError {
          throw CancellationError()
        } catch let cause {
          error = Self.modemError(cause)
        }
        try Task.checkCancellation()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        // The same failure again and again is one outage.
        if index == 0 || hasWorked {
          if error != reported { report(.disconnected(error)) }
          reported = error
        }
        if hasWorked { break attempts }
      }
      try await clock.sleep(for: backoff.next())
    }
  }

  /// Uses one link until it ends.
  ///
  /// - Returns: why it ended, and how long the device was ready over it; nil when it never was.
  private func session(
    _ link: any ByteLink, identity: [UInt8]?
  ) async -> (error: ModemError, worked: Duration?) {
    state.withLock { state in
      state.link = link
      state.outbox.removeAll()
      state.closeReason = nil
    }
    let opened = clock.now
    step { machine, now in machine.linkOpened(name: link.name, identity: identity, at: now) }
    var failure: (any Error)?
    await withTaskGroup(of: (any Error)?.self) { group in
      group.addTask { await Self.errorOf { try await self.readAll(link) } }
      group.addTask { await Self.errorOf { try await self.writeAll(link) } }
      group.addTask { await Self.errorOf { try await self.limitClosing() } }
      failure = await group.next() ?? nil
      group.cancelAll()
      link.close()
    }
    let error = state.withLock { state in
      state.link = nil
      return state.closeReason
        ?? failure.map(Self.modemError)
        ?? ModemError(.disconnected, "\(link.name) is gone")
    }
    let isReady = state.withLock { $0.machine.isConfigured }
    step { machine, now in machine.linkClosed(error, at: now) }
    return (error, isReady ? opened.duration(to: clock.now) : nil)
  }

  private func readAll(_ link: any ByteLink) async throws {
    while true {
      let bytes = try await link.read(upTo: 4096)
      guard !bytes.isEmpty else {
        throw ModemError(
          .disconnected, "\(link.name) ended the connection", remedy: "was it unplugged?")
      }
      step { machine, now in machine.receive(bytes, at: now) }
    }
  }

  /// Writes what is to be written; ends once the link is to be closed and everything has left.
  private func writeAll(_ link: any ByteLink) async throws {
    while true {
      outputBell.hush()
      let (bytes, isClosing) = state.withLock { state in
        defer { state.outbox.removeAll() }
        return (state.outbox, state.closeReason != nil)
      }
      if !bytes.isEmpty {
        try await link.write(bytes)
      } else if !isClosing {
        try await wait(outputBell)
      } else if link.unsentBytes > 0 {
        try await clock.sleep(for: DriverTiming.unsentPoll)
      } else {
        return
      }
    }
  }

  /// Ends once the link is to be closed and has had its time to send what was written before.
  private func limitClosing() async throws {
    while true {
      closingBell.hush()
      if state.withLock({ $0.closeReason != nil }) { break }
      try await wait(closingBell)
    }
    try await clock.sleep(for: DriverTiming.closingLimit)
  }

  /// The modem's own error as it is, so that its code is not said twice; any other as the cause.
  private static func modemError(_ cause: any Error) -> ModemError {
    switch cause {
    case let error as ModemError: error
    case let error as SystemError:
      ModemError(.disconnected, error.what, remedy: error.remedy)
    default: ModemError(.disconnected, "\(cause)")
    }
  }

  private static func errorOf(_ body: () async throws -> Void) async -> (any Error)? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }
}

/// The driver's own waits, which the generic type cannot hold.
private enum DriverTiming {
  /// How long a link that is to be closed may take to send what was written before.
  static let closingLimit = Duration.seconds(1)
  /// How often a link is asked whether it has sent everything.
  static let unsentPoll = Duration.milliseconds(10)
}
