internal import Interlock
internal import InterlockCrypto
internal import InterlockSystem

/// One life of a connection: the socket and what is on its way through it.
struct RedisLink: Sendable {
  enum Reader: Sendable { case nobody, reactor, caller }

  /// Tells it from those before and after.
  let number: UInt64
  let socket: ReactorSocket
  let tls: RedisProtection?
  var parser = RedisParser()
  /// Bytes the kernel has not taken yet.
  var unwritten: [UInt8] = []
  /// Who reads and tells what came: one thread at a time, so that it is told in the order it came.
  var reader = Reader.nobody
  /// Whether a thread is in the middle of writing: it goes on with what others add.
  var isWriting = false
  /// Whether the kernel takes more.
  var isWritable = true
  /// How often it said that it does.
  var writableReports: UInt64 = 0

  init(_ number: UInt64, _ socket: ReactorSocket, tls: RedisProtection?) {
    self.number = number
    self.socket = socket
    self.tls = tls
  }
}

/// The protected form of one connection, which has one owner and is used in two directions.
final class RedisProtection: Sendable {
  private let client: Guarded<TLSClient>

  init(_ url: RedisURL) throws(TLSError) {
    client = Guarded(try TLSClient(serverName: url.host, authorities: url.authorities))
  }

  /// What is to be written for `plain`, and for whatever the protocol itself has to say.
  func seal(_ plain: [UInt8]) throws(TLSError) -> [UInt8] {
    try client.withLock { (client) throws(TLSError) in
      try client.send(plain)
      return client.takeOutput()
    }
  }

  /// What bytes that came say.
  func open(_ bytes: Span<UInt8>) throws(TLSError) -> [UInt8] {
    try client.withLock { (client) throws(TLSError) in try client.receive(bytes) }
  }
}

extension RedisConnection {
  func connect(until deadline: Instant) {
    reactor.connect(host: url.host, port: url.port, until: deadline) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let socket): begin(socket)
      case .failure(let error): fail(.unreachable("\(error)"))
      }
    }
  }

  func dropLink() {
    let socket: ReactorSocket? = state.withLock { state in
      let socket = state.link?.socket
      state.link = nil
      return socket
    }
    socket?.close()
  }

  /// Writes what there is to write.
  ///
  /// The first to come writes for all: order is kept, and nobody waits.
  func flush() {
    while let next = nextOutput() {
      var written = 0
      while written < next.bytes.count {
        switch next.socket.write(next.bytes, from: written) {
        case .moved(let count): written += count
        case .notNow:
          guard !waitsForRoom(next, written) else { return }
        case .ended(let error):
          return reactor.post { [weak self] in self?.lost(next.link, error) }
        }
      }
      state.withLock { if $0.link?.number == next.link { $0.link?.isWriting = false } }
    }
  }

  private struct Output {
    let link: UInt64
    let socket: ReactorSocket
    let bytes: [UInt8]
    let writableReports: UInt64
  }

  /// What is to be written now, by the caller and nobody else until it has said so.
  private func nextOutput() -> Output? {
    let (output, failure): (Output?, TLSError?) = state.withLock { state in
      guard state.link?.isWriting == false, state.link?.isWritable == true,
        let number = state.link?.number, let socket = state.link?.socket,
        let reports = state.link?.writableReports
      else { return (nil, nil) }
      var bytes = state.link?.unwritten ?? []
      state.link?.unwritten = []
      var failure: TLSError?
      let plain = state.machine.takeOutput()
      if let tls = state.link?.tls {
        do throws(TLSError) { bytes += try tls.seal(plain) } catch { failure = error }
      } else {
        if bytes.isEmpty { bytes = plain } else { bytes += plain }
      }
      guard !bytes.isEmpty else { return (nil, failure) }
      state.link?.isWriting = true
      return (
        Output(link: number, socket: socket, bytes: bytes, writableReports: reports), failure
      )
    }
    if let failure {
      reactor.post { [weak self] in self?.fail(.untrusted(failure.description)) }
    }
    return output
  }

  /// Keeps what the kernel does not take; false when it meanwhile said that it takes more.
  private func waitsForRoom(_ output: Output, _ written: Int) -> Bool {
    state.withLock { state in
      guard state.link?.number == output.link else { return true }
      guard state.link?.writableReports == output.writableReports else { return false }
      state.link?.unwritten = Array(output.bytes[written...])
      state.link?.isWriting = false
      state.link?.isWritable = false
      state.reportReadiness()
      return true
    }
  }

  private func begin(_ socket: ReactorSocket) {
    do {
      let tls = url.isProtected ? try RedisProtection(url) : nil
      let number = state.withLock { state in
        state.links += 1
        state.link = RedisLink(state.links, socket, tls: tls)
        return state.links
      }
      let now = reactor.clock.now
      handle { $0.machine.connected(at: now) }
      try socket.watch { [weak self] ready in self?.changed(number, ready) }
    } catch let error as TLSError {
      socket.close()
      fail(.untrusted(error.description))
    } catch {
      socket.close()
      fail(.unreachable("\(error)"))
    }
  }

  private func changed(_ link: UInt64, _ ready: ReactorSocket.Readiness) {
    if ready.isReadable, beginReading(link) {
      read(link, untilEnd: ready.isHungUp)
      state.withLock { if $0.link?.number == link { $0.link?.reader = .nobody } }
    }
    guard ready.isWritable else { return }
    state.withLock { state in
      guard state.link?.number == link else { return }
      state.link?.isWritable = true
      state.link?.writableReports += 1
    }
    flush()
  }

  /// Whether the reactor reads now; a caller that does has what comes reported again when it ends.
  private func beginReading(_ link: UInt64) -> Bool {
    state.withLock { state in
      guard state.link?.number == link, state.link?.reader == .nobody else { return false }
      state.link?.reader = .reactor
      return true
    }
  }

  /// Reads what there is, and tells it.
  func read(_ link: UInt64, untilEnd: Bool) {
    let now = reactor.clock.now
    var isOver = false
    while !isOver {
      handle { state in
        guard state.link?.number == link, let socket = state.link?.socket else {
          isOver = true
          return []
        }
        switch socket.read(into: &state.scratch) {
        case .notNow:
          isOver = true
          return []
        case .ended(let error):
          isOver = true
          return state.machine.broken(Self.end(error), at: now)
        case .moved(let count):
          // Less than there was room for: that was all, unless the end follows, which is reported only once.
          isOver = count < state.scratch.count && !untilEnd
          return state.take(count, at: now)
        }
      }
    }
    flush()
  }

  private func lost(_ link: UInt64, _ error: SystemError?) {
    let now = reactor.clock.now
    handle { state in
      guard state.link?.number == link else { return [] }
      return state.machine.broken(Self.end(error), at: now)
    }
  }

  private func fail(_ error: RedisError) {
    let now = reactor.clock.now
    handle { $0.machine.broken(error, at: now) }
  }

  private static func end(_ error: SystemError?) -> RedisError {
    .disconnected(error?.cause ?? "the server closed it")
  }
}

extension RedisConnection.State {
  /// Takes so many bytes that were read.
  fileprivate mutating func take(
    _ count: Int, at now: Instant
  ) -> [RedisConnection.Machine.Action] {
    var actions: [RedisConnection.Machine.Action] = []
    do {
      if let tls = link?.tls {
        let plain = try tls.open(scratch.span.extracting(first: count))
        link?.parser.feed(plain)
      } else {
        link?.parser.feed(scratch[..<count])
      }
      while let value = try link?.parser.next() { actions += machine.received(value, at: now) }
    } catch let error as TLSError {
      actions += machine.broken(.untrusted(error.description), at: now)
    } catch {
      actions += machine.broken(.protocolViolation("\(error)"), at: now)
    }
    return actions
  }
}
