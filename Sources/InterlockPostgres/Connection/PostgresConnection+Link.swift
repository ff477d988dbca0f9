internal import Interlock
internal import InterlockSystem

/// The connection below: made, read and written.
extension PostgresConnection {
  /// Begins an attempt; a name is looked up where that holds up nobody.
  func open() {
    let parameters = url.parameters(clientName: clientName)
    let start: @Sendable () -> Result<Box, PostgresError> = {
      Result { () throws(PostgresError) in
        let link = try PostgresLink(parameters)
        return Box(link)
      }
    }
    guard url.needsLookup else { return begin(start()) }
    do throws(SystemError) {
      try BlockingPool.resolver.submit { [weak self] in
        let opened = start()
        self?.reactor.post { [weak self] in self?.begin(opened) }
      }
    } catch {
      handle { $0.machine.broken(.unreachable("\(error)"), at: reactor.clock.now) }
    }
  }

  /// Carries a link from one thread to another.
  private final class Box: Sendable {
    private let link: Guarded<PostgresLink?>
    init(_ link: consuming PostgresLink) { self.link = Guarded(link) }
    func take() -> PostgresLink? { link.withLock { $0.take() } }
  }

  private func begin(_ opened: Result<Box, PostgresError>) {
    handle { state in
      let now = reactor.clock.now
      switch opened {
      case .failure(let error): return state.machine.broken(error, at: now)
      case .success(let box):
        guard let link = box.take() else { return [] }
        if link.hasFailed { return state.machine.broken(.unreachable(link.message), at: now) }
        state.link = consume link
        state.links += 1
        state.progress = .writes
        return watch(&state)
      }
    }
  }

  /// Watches the descriptor that the link has now: connecting may try one after another.
  private func watch(_ state: inout State) -> [Machine.Action] {
    let number = state.links
    do throws(SystemError) {
      let watch = try reactor.socket(duplicating: state.link?.descriptor ?? -1, name: url.title)
      state.watch?.close()
      state.watch = watch
      try watch.watch { [weak self] ready in self?.changed(number, ready) }
      return []
    } catch {
      return state.machine.broken(.unreachable("\(error)"), at: reactor.clock.now)
    }
  }

  /// Reads what has come, and tells it.
  func read(_ number: UInt64) {
    var messages: [String] = []
    handle { state in
      state.links == number ? state.take(&messages, at: reactor.clock.now) : []
    }
    for message in messages { tell(message) }
  }

  private func changed(_ number: UInt64, _ ready: ReactorSocket.Readiness) {
    let isConnected = state.withLock { state -> Bool? in
      guard state.links == number else { return nil }
      guard state.progress == .connected else { return false }
      // What comes while a caller reads is reported again when it ends.
      guard state.reader == .nobody else { return nil }
      state.reader = .reactor
      return true
    }
    guard let isConnected else { return }
    if isConnected {
      read(number)
      return state.withLock { if $0.links == number { $0.reader = .nobody } }
    }
    handle { state in
      guard state.links == number else { return [] }
      let now = reactor.clock.now
      switch state.progress {
      case .connected: return []
      case .reads where !ready.isReadable && !ready.isHungUp: return []
      case .writes where !ready.isWritable && !ready.isHungUp: return []
      case .reads, .writes, .failed: break
      }
      state.progress = state.link?.goOn() ?? .failed("it is gone")
      switch state.progress {
      case .failed(let cause): return state.machine.broken(.unreachable(cause), at: now)
      // What is there already is reported again to whoever watches anew.
      case .reads, .writes: return watch(&state)
      case .connected:
        guard state.link?.stopBlocking() == true else { return state.broken(at: now) }
        let actions = watch(&state)
        return actions + state.machine.opened(process: state.link?.process ?? 0)
      }
    }
  }
}

extension PostgresConnection.State {
  typealias Machine = PostgresConnection.Machine

  /// The link says what was wrong.
  mutating func broken(at now: Instant) -> [Machine.Action] {
    machine.broken(.disconnected(link?.message ?? "it is gone"), at: now)
  }

  /// Does what belongs to the step that decided it: answers come in the order of calls, so calls go out in the order in which the
  /// machine has them, whoever makes one meanwhile.
  ///
  /// - Returns: the rest.
  mutating func carryOut(_ actions: [Machine.Action]) -> [Machine.Action] {
    actions.filter { action in
      switch action {
      case .beginCalls: isInPipeline = link?.beginPipeline() == true
      case .send(let call): send(call)
      case .drop: drop()
      case .open, .greet, .tell, .ready, .lost: return true
      }
      return false
    }
  }

  /// Lets go of the link and what it is watched by.
  private mutating func drop() {
    watch?.close()
    watch = nil
    link = nil
    isInPipeline = false
    hasUnwritten = false
    reader = .nobody
    links += 1
  }

  /// Sends a call.
  ///
  /// What goes wrong is seen when it is read, at the latest when nothing comes.
  private mutating func send(_ call: Machine.Call) {
    let values = call.values.map { value -> String? in
      switch value {
      case .text(let text): text
      case .null: nil
      case .session: "\(machine.number)"
      }
    }
    guard link?.send(call.statement.preparedName, values) == true else { return }
    write()
  }

  @discardableResult
  private mutating func write() -> Bool? {
    let isWhole = link?.flush()
    hasUnwritten = isWhole == false
    if hasUnwritten, reader != .caller { watch?.report(readable: true, writable: true) }
    return isWhole
  }

  /// Writes what there is room for.
  mutating func flush(at now: Instant) -> [Machine.Action] {
    write() == nil ? broken(at: now) : []
  }

  /// Takes everything that has come.
  mutating func take(_ messages: inout [String], at now: Instant) -> [Machine.Action] {
    var actions = flush(at: now)
    var isWhole = actions.isEmpty
    while isWhole {
      isWhole = link?.read() == true
      actions += takeReplies(at: now)
      while let message = link?.nextMessage() { messages.append(message) }
      if !isWhole { return actions + broken(at: now) }
      // An edge is told once: what came meanwhile is read now.
      guard watch?.waitUntilReadable(for: .zero) == true else { break }
    }
    return actions
  }

  private mutating func takeReplies(at now: Instant) -> [Machine.Action] {
    var actions: [Machine.Action] = []
    while let event = link?.next() {
      switch event {
      case .reply(let reply):
        if isInPipeline {
          actions += machine.replied(reply, at: now)
        } else if case .failure? = answer {
          // The first of them that failed is what came of them.
        } else {
          answer = reply
        }
      case .synced: break
      case .end:
        guard isInPipeline else {
          guard let reply = answer else { return actions }
          answer = nil
          // The next statements are sent once this has been told.
          return actions + machine.greeted(reply, at: now)
        }
        guard machine.isAwaiting else { return actions }
      }
    }
    return actions
  }
}
