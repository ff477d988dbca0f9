internal import CInterlock
internal import Glibc
internal import Interlock

/// Waits for connections, on loopback or in the file system.
package final class SocketListener: Sendable {
  /// The port in use, for a TCP listener that let the system choose; 0 for a local one.
  package let port: UInt16
  private let stream: ByteStream
  /// The socket file, until it is removed.
  private let file: Guarded<SocketFile?>
  private let isLocal: Bool
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
    file = Guarded(nil)
    isLocal = false
    self.loop = loop
    stream = try ByteStream(owning: descriptor, kind: .socket, name: name, loop: loop)
  }

  /// Listens on a socket in the file system that only this user can open.
  ///
  /// A socket file that a dead process left behind is replaced; one that somebody still answers on
  /// is not. The path's lock, in a file next to it, is held as long as the socket: of two that start
  /// at once, one is refused.
  ///
  /// - Throws: `SystemError` when the path is taken or cannot be written.
  package init(path: String, loop: EventLoop = .shared) throws(SystemError) {
    let address = try SocketAddress.local(path)
    let lock: FileLock
    do throws(SystemError) {
      lock = try FileLock(path + ".lock")
    } catch {
      let number = error.isTaken ? EADDRINUSE : error.number
      throw SystemError("listen on", path, number: number, remedy: Self.remedy(number, path))
    }
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
    file = Guarded(SocketFile(path, lock))
    isLocal = true
    self.loop = loop
    stream = try ByteStream(owning: descriptor, kind: .socket, name: path, loop: loop)
  }

  /// Looks whether a socket could be made at a path, or is there, without making it.
  ///
  /// - Throws: `SystemError` saying what stands in the way.
  package static func check(path: String) throws(SystemError) {
    _ = try SocketAddress.local(path)
    try FileAccess.checkFolder(of: path)
    try refuseOtherFile(path)
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
        if !isLocal { client.disableBatching() }
        return client
      }
      if accepted == -EAGAIN { try await stream.waitUntilReadable() }
    }
  }

  /// Stops listening and removes the socket file; connections made stay.
  ///
  /// A second time does nothing.
  package func close() {
    stream.close()
    let file = file.withLock { $0.take() }
    file?.remove()
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
    guard errno == ECONNREFUSED else { return }
    // A file of another kind refuses connections too, and is nobody's to remove.
    try refuseOtherFile(path)
    unsafe unlink(path)
  }

  private static func refuseOtherFile(_ path: String) throws(SystemError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK else { return }
    throw SystemError("listen on", "\(path), which is another kind of file", number: ENOTSOCK)
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

/// The file of a listener, and the right to remove it.
private struct SocketFile: Sendable {
  private let path: String
  private let lock: FileLock
  private let identity: FileIdentity?

  /// Takes note of the file that was just made.
  init(_ path: String, _ lock: FileLock) {
    self.path = path
    self.lock = lock
    identity = FileIdentity(of: path)
  }

  /// Removes the file, unless somebody has put another in its place; the lock ends with `self`.
  func remove() {
    if let identity, FileIdentity(of: path) == identity { unsafe unlink(path) }
  }
}

/// Which file a path leads to, whatever its name.
private struct FileIdentity: Equatable {
  private let device: dev_t
  private let number: ino_t

  /// Nil when there is nothing, or it cannot be looked at.
  init?(of path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    device = status.st_dev
    number = status.st_ino
  }
}
