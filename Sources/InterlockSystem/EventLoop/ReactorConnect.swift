internal import Glibc
internal import Interlock

/// One attempt to connect, address after address; everything happens on the reactor's thread.
final class ReactorConnect: Sendable {
  private struct State {
    var done: (@Sendable (Result<ReactorSocket, SystemError>) -> Void)?
    var addresses: [SocketAddress] = []
    /// What is being tried.
    var socket: ReactorSocket?
    var failure: SystemError?
    var alarm: ReactorAlarm?
  }

  private let reactor: Reactor
  private let host: String
  private let port: UInt16
  private let name: String
  private let state: Guarded<State>

  init(
    _ reactor: Reactor, host: String, port: UInt16,
    _ done: @escaping @Sendable (Result<ReactorSocket, SystemError>) -> Void
  ) {
    self.reactor = reactor
    self.host = host
    self.port = port
    name = SocketConnection.name(host: host, port: port)
    state = Guarded(State(done: done))
  }

  func start(until deadline: Instant) {
    let alarm = reactor.makeAlarm { [self] in
      finish(
        .failure(
          SystemError(
            "connect to", name, number: ETIMEDOUT, remedy: "is it reachable from here?")))
    }
    state.withLock { $0.alarm = alarm }
    alarm.set(deadline)
    // An address needs no look-up, and so no thread that may be waiting for a name server.
    if let addresses = SocketAddress.numeric(host: host, port: port) { return tryAll(addresses) }
    let (reactor, host, port) = (reactor, host, port)
    do throws(SystemError) {
      try BlockingPool.resolver.submit { [self] in
        let found = Result { () throws(SystemError) in
          try SocketAddress.resolve(host: host, port: port)
        }
        reactor.post { [self] in
          switch found {
          case .success(let addresses): tryAll(addresses)
          case .failure(let error): finish(.failure(error))
          }
        }
      }
    } catch {
      finish(.failure(error))
    }
  }

  private func tryAll(_ addresses: [SocketAddress]) {
    state.withLock { $0.addresses = addresses.reversed() }
    tryNext()
  }

  /// Begins with the next address; a failure at once goes on to the one after it.
  private func tryNext() {
    while true {
      let next: (address: SocketAddress?, failure: SystemError?)? = state.withLock { state in
        guard state.done != nil else { return nil }
        state.socket = nil
        return (state.addresses.popLast(), state.failure)
      }
      guard let next else { return }
      guard let address = next.address else {
        let none = SystemError("connect to", name, number: EADDRNOTAVAIL)
        return finish(.failure(next.failure ?? none))
      }
      do throws(SystemError) {
        return try begin(address)
      } catch {
        state.withLock { $0.failure = error }
      }
    }
  }

  private func begin(_ address: SocketAddress) throws(SystemError) {
    let descriptor = try FileDescriptor(
      Glibc.socket(address.family, SocketConnection.socketType, 0), orThrow: "open", "a socket")
    // Small commands are waited for: they are sent at once. Harmless when refused.
    var one: CInt = 1
    unsafe setsockopt(
      descriptor.raw, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
    let result = unsafe address.withPointer { unsafe Glibc.connect(descriptor.raw, $0, $1) }
    // An interrupted connect goes on by itself, as a pending one does.
    guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
      throw SocketConnection.failure(to: name, number: errno)
    }
    let socket = ReactorSocket(owning: descriptor, name: name, core: reactor.core)
    state.withLock { $0.socket = socket }
    try socket.watch { [self] ready in
      guard ready.isWritable else { return }
      if let failure = socket.connectFailure() {
        state.withLock { $0.failure = failure }
        socket.close()
        tryNext()
      } else {
        finish(.success(socket))
      }
    }
  }

  /// Tells the result, once; what was being tried and did not succeed is closed.
  private func finish(_ result: Result<ReactorSocket, SystemError>) {
    let (done, alarm, pending) = state.withLock { state in
      defer { (state.done, state.alarm, state.socket, state.addresses) = (nil, nil, nil, []) }
      return (state.done, state.alarm, state.socket)
    }
    alarm?.set(nil)
    if case .failure = result { pending?.close() }
    done?(result)
  }
}
