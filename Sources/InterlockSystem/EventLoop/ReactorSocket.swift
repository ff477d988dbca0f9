internal import CInterlock
internal import Glibc
internal import Interlock

/// A connected socket that never blocks, watched by a reactor.
///
/// It is closed once, by ``close()`` or with its last reference.
package final class ReactorSocket: Sendable {
  /// What the kernel reports; edges, each reported once.
  package struct Readiness: Sendable {
    /// Something came: read until less comes than there is room for.
    package let isReadable: Bool
    /// There is room again.
    package let isWritable: Bool
    /// The other side sends no more: read until the end.
    package let isHungUp: Bool

    init(_ bits: UInt32) {
      isReadable = bits & CINTERLOCK_READABLE != 0
      isWritable = bits & CINTERLOCK_WRITABLE != 0
      isHungUp = bits & CINTERLOCK_HUNG_UP != 0
    }
  }

  /// What a read or write did.
  package enum Progress: Sendable, Hashable {
    /// So many bytes, at least one.
    case moved(Int)
    /// Nothing now; readiness will be reported.
    case notNow
    /// Nothing any more: the connection ended, for the kernel's reason unless it ended well.
    case ended(SystemError?)
  }

  private struct Open: ~Copyable {
    let descriptor: FileDescriptor
    var token: UInt64?
  }

  /// What errors call it.
  package let name: String
  private let core: ReactorCore
  private let open: Guarded<Open?>

  init(owning descriptor: consuming FileDescriptor, name: String, core: ReactorCore) {
    self.name = name
    self.core = core
    open = Guarded(Open(descriptor: descriptor))
  }

  deinit { close() }

  /// Begins to report readiness, to whoever is told on the reactor's thread.
  ///
  /// What is ready already is reported. The handler holds the socket only weakly, or it is never closed by itself.
  ///
  /// - Throws: `SystemError` when it cannot be watched.
  package func watch(_ handler: @escaping @Sendable (Readiness) -> Void) throws(SystemError) {
    try open.withLock { (open) throws(SystemError) in
      guard open != nil else { throw SystemError("watch", name, number: ENOTCONN) }
      if let token = open?.token, let raw = open?.descriptor.raw { core.remove(raw, token) }
      if let raw = open?.descriptor.raw { open?.token = try core.add(raw, handler) }
    }
  }

  /// Reports from now on only what is wanted: nothing, say, while another thread reads.
  ///
  /// What is so already is reported.
  package func report(readable: Bool, writable: Bool) {
    open.withLock { open in
      guard let token = open?.token, let raw = open?.descriptor.raw else { return }
      core.change(raw, token, readable: readable, writable: writable)
    }
  }

  /// Blocks until there is something to read, or the end, or `limit` is over.
  ///
  /// When it is closed meanwhile this may go on until the limit: that is to be short.
  package func waitUntilReadable(for limit: Duration) -> Bool {
    guard let raw = open.withLock({ $0?.descriptor.raw }) else { return true }
    return cinterlock_wait_readable(raw, limit.nanoseconds) > 0
  }

  /// Reads into `buffer`, from its start, as much as there is and fits.
  package func read(into buffer: inout [UInt8]) -> Progress {
    move { raw in
      unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.recv(raw, $0.baseAddress, $0.count, 0) }
    }
  }

  /// Writes what the kernel takes of `bytes`, from `start` on.
  package func write(_ bytes: [UInt8], from start: Int = 0) -> Progress {
    // Without a signal when nobody reads any more: the error says so.
    move { raw in
      unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(
          raw, $0.baseAddress?.advanced(by: start), $0.count - start, CInt(MSG_NOSIGNAL))
      }
    }
  }

  /// Closes it; a second time does nothing.
  package func close() {
    open.withLock { open in
      if let token = open?.token, let raw = open?.descriptor.raw { core.remove(raw, token) }
      open = nil
    }
  }

  /// The kernel's verdict on a connection that was begun; nil when it stands.
  func connectFailure() -> SystemError? {
    open.withLock { open in
      guard let raw = open?.descriptor.raw else {
        return SystemError("connect to", name, number: ENOTCONN)
      }
      var number: CInt = 0
      var size = socklen_t(MemoryLayout<CInt>.size)
      unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &number, &size)
      return number == 0 ? nil : SocketConnection.failure(to: name, number: number)
    }
  }

  private func move(_ call: (CInt) -> Int) -> Progress {
    open.withLock { open in
      guard let raw = open?.descriptor.raw else { return .ended(nil) }
      while true {
        let count = call(raw)
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended(nil) }
        switch errno {
        case EINTR: continue
        case EAGAIN: return .notNow
        default: return .ended(SystemError("use", "the connection to \(name)"))
        }
      }
    }
  }
}
