internal import Glibc
package import Interlock

/// Makes connections to servers.
package enum SocketConnection {
  /// Connects to a TCP server; addresses of a name are tried one after another.
  ///
  /// *Cancellation:* ends the attempt; a name look-up under way ends by itself, unheeded.
  ///
  /// - Returns: a stream named `host:port`.
  /// - Throws: `SystemError` of the last address tried, or `ETIMEDOUT`; `CancellationError`.
  package static func tcp(
    host: String, port: UInt16, until deadline: Instant, clock: any MonotonicClock = SystemClock(),
    loop: EventLoop = .shared
  ) async throws -> ByteStream {
    let name = name(host: host, port: port)
    let stream = try await withDeadline(deadline, clock: clock) {
      let addresses = try await BlockingPool.resolver.run(whenCancelled: .abandons) {
        try SocketAddress.resolve(host: host, port: port)
      }
      var failure: any Error = SystemError("connect to", name, number: EADDRNOTAVAIL)
      for address in addresses {
        do {
          let stream = try await connect(address, name: name, loop: loop)
          stream.disableBatching()
          return stream
        } catch is CancellationError {
          throw CancellationError()
        } catch {
          failure = error
        }
      }
      throw failure
    }
    guard let stream else {
      throw SystemError("connect to", name, number: ETIMEDOUT, remedy: "is it reachable from here?")
    }
    return stream
  }

  /// Connects to a socket in the file system.
  ///
  /// - Returns: a stream named after the path.
  /// - Throws: `SystemError` when nobody listens there; `CancellationError`.
  package static func local(
    _ path: String, loop: EventLoop = .shared
  ) async throws -> ByteStream {
    try await connect(SocketAddress.local(path), name: path, loop: loop)
  }

  private static func connect(
    _ address: SocketAddress, name: String, loop: EventLoop
  ) async throws -> ByteStream {
    let descriptor = try FileDescriptor(
      socket(address.family, socketType, 0), orThrow: "open", "a socket")
    let stream = try ByteStream(owning: descriptor, kind: .socket, name: name, loop: loop)
    do {
      stream.expect(.writing)
      let isPending = try stream.withDescriptor { (raw) throws(SystemError) in
        let result = unsafe address.withPointer { unsafe Glibc.connect(raw, $0, $1) }
        if result == 0 { return false }
        // An interrupted connect goes on by itself, as a pending one does.
        guard errno == EINPROGRESS || errno == EINTR else {
          throw failure(to: name, number: errno)
        }
        return true
      }
      if isPending {
        try await stream.waitUntilWritable()
        try stream.withDescriptor { (raw) throws(SystemError) in
          var number: CInt = 0
          var size = socklen_t(MemoryLayout<CInt>.size)
          unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &number, &size)
          guard number == 0 else {
            throw failure(to: name, number: number)
          }
        }
      }
      return stream
    } catch {
      stream.close()
      throw error
    }
  }

  /// A stream socket that never blocks and that no child inherits.
  static var socketType: CInt {
    CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
  }

  /// What errors call a server.
  static func name(host: String, port: UInt16) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Why a server could not be reached, and what to do.
  static func failure(to name: String, number: CInt) -> SystemError {
    let remedy: String? =
      switch number {
      case ECONNREFUSED, ENOENT: "nobody listens there; is it running?"
      case EACCES, EPERM: "this user may not; look at the socket's owner and mode"
      default: nil
      }
    return SystemError("connect to", name, number: number, remedy: remedy)
  }
}

extension ByteStream {
  /// Sends small writes at once; frames of a modem are small and waited for.
  func disableBatching() {
    // Harmless when refused: only some milliseconds are lost.
    try? withDescriptor { raw in
      var one: CInt = 1
      unsafe setsockopt(
        raw, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
    }
  }
}
