internal import CInterlock
internal import Glibc

/// Waits for connections, on loopback or in the file system.
package final class SocketListener: Sendable {
  /// The port in use, for a TCP listener that let the system choose; 0 for a local one.
  package let port: UInt16
  private let stream: ByteStream
  private let path: String?
  private let loop: EventLoop

  /// Listens on a TCP port of the loopback interface.
  ///
  /// Port 0 lets the system choose a free one.
  ///
  /// - Throws: `SystemError` when the port is taken.
  package init(loopbackPort port: UInt16, loop: EventLoop = .shared) throws(SystemError) {
    let name = "127.0.0.1:\(port)"
    guard let address = try SocketAddress.resolve(host: "127.0.0.1", port: port).first else {
      throw SystemError("listen on", name, number: EADDRNOTAVAIL)
    }
    let descriptor = try Self.bound(address, name: name)
    var bound = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor.raw, $0, &size)
      }
    }
    self.port = UInt16(bigEndian: bound.sin_port)
    path = nil
    self.loop = loop
    stream = try ByteStream(owning: descriptor, kind: .socket, name: name, loop: loop)
  }

  /// Listens on a socket in the file system that only this user can open.
  ///
  /// A socket file that a dead process left behind is replaced; one that somebody still answers on
  /// is not.
  ///
  /// - Throws: `SystemError` when the path is taken or cannot be written.
  package init(path: String, loop: EventLoop = .shared) throws(SystemError) {
    let address = try SocketAddress.local(path)
    try Self.removeAbandoned(address, path: path)
    // The mode is narrowed before anybody can connect: nobody can until `listen`.
    let descriptor = try FileDescriptor(
      socket(address.family, SocketConnection.socketType, 0), orThrow: "open", "a socket")
    guard unsafe address.withPointer({ unsafe bind(descriptor.raw, $0, $1) }) == 0 else {
      throw SystemError("listen on", path, remedy: Self.remedy(errno, path))
    }
    guard unsafe chmod(path, 0o600) == 0, listen(descriptor.raw, 16) == 0 else {
      let error = SystemError("listen on", path)
      unsafe unlink(path)
      throw error
    }
    port = 0
    self.path = path
    self.loop = loop
    stream = try ByteStream(owning: descriptor, kind: .socket, name: path, loop: loop)
  }

  deinit {
    close()
  }

  /// Waits for the next connection.
  ///
  /// - Returns: a stream to whoever connected.
  /// - Throws: `SystemError` when the listener was closed or descriptors ran out;
  ///   `CancellationError`.
  package func accept() async throws -> ByteStream {
    while true {
      try Task.checkCancellation()
      stream.expect(.reading)
      let accepted: CInt = try stream.withDescriptor { (raw) throws(SystemError) in
        let returned = cinterlock_accept(raw)
        if returned >= 0 { return returned }
        switch errno {
        // A connection that was gone again before it was accepted is none.
        case EAGAIN, EINTR, ECONNABORTED, EPROTO: return -errno
        default: throw SystemError("accept on", stream.name)
        }
      }
      if accepted >= 0 {
        let client = try ByteStream(
          owning: FileDescriptor(owning: accepted), kind: .socket, name: "client of \(stream.name)",
          loop: loop)
        if path == nil { client.disableBatching() }
        return client
      }
      if accepted == -EAGAIN { try await stream.waitUntilReadable() }
    }
  }

  /// Stops listening and removes the socket file; connections made stay.
  package func close() {
    stream.close()
    if let path { unsafe unlink(path) }
  }

  private static func bound(
    _ address: SocketAddress, name: String
  ) throws(SystemError) -> FileDescriptor {
    let descriptor = try FileDescriptor(
      socket(address.family, SocketConnection.socketType, 0), orThrow: "open", "a socket")
    var one: CInt = 1
    unsafe setsockopt(
      descriptor.raw, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
    guard unsafe address.withPointer({ unsafe bind(descriptor.raw, $0, $1) }) == 0,
      listen(descriptor.raw, 16) == 0
    else { throw SystemError("listen on", name, remedy: remedy(errno, name)) }
    return descriptor
  }

  private static func removeAbandoned(
    _ address: SocketAddress, path: String
  ) throws(SystemError) {
    let probe = try FileDescriptor(
      socket(address.family, SocketConnection.socketType, 0), orThrow: "open", "a socket")
    if unsafe address.withPointer({ unsafe connect(probe.raw, $0, $1) }) == 0 {
      throw SystemError("listen on", path, number: EADDRINUSE, remedy: remedy(EADDRINUSE, path))
    }
    if errno == ECONNREFUSED { unsafe unlink(path) }
  }

  private static func remedy(_ number: CInt, _ name: String) -> String? {
    switch number {
    case EADDRINUSE: "another process listens there; stop it or choose another"
    case EACCES, EPERM: "this user may not write there"
    case ENOENT: "make its directory first"
    default: nil
    }
  }
}
