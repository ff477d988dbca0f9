internal import CInterlock
internal import Glibc
internal import Interlock

/// Bytes in and out of a descriptor, without ever holding a thread.
///
/// One task may read and one may write at a time. `close` may come from anywhere, at any moment:
/// it wakes both, and the descriptor is closed once neither is inside a system call.
package final class ByteStream: Sendable {
  /// What lies under a stream, where reads and writes differ.
  package enum Kind: Sendable {
    /// A socket: writing to a peer that left must not raise a signal.
    case socket
    /// A terminal line: what was not sent when it closes is discarded.
    case terminal
    /// A pipe.
    case pipe
  }

  /// The device or address, for messages.
  package let name: String
  private let kind: Kind
  private let readiness = Readiness()
  private let loop: EventLoop
  private let token: UInt64
  private let ownership: Guarded<Ownership>

  /// The descriptor, and how many system calls are inside it now.
  private struct Ownership: ~Copyable {
    var descriptor: FileDescriptor?
    var users = 0
    var isClosing = false

    init(_ descriptor: consuming FileDescriptor) {
      self.descriptor = consume descriptor
    }

    /// Takes the descriptor out when it is to be closed and nobody uses it.
    mutating func takeIfUnused() -> FileDescriptor? {
      guard isClosing, users == 0 else { return nil }
      return descriptor.take()
    }
  }

  /// Takes over a non-blocking descriptor.
  ///
  /// - Throws: `SystemError` when the descriptor cannot be waited for.
  package init(
    owning descriptor: consuming FileDescriptor, kind: Kind, name: String,
    loop: EventLoop = .shared
  ) throws(SystemError) {
    self.name = name
    self.kind = kind
    self.loop = loop
    token = try loop.add(descriptor.raw, readiness)
    ownership = Guarded(Ownership(descriptor))
  }

  deinit {
    close()
  }

  /// Reads what is there, waiting for the first byte.
  ///
  /// *Cancellation:* returns at once; no byte is lost, the next read gets it.
  ///
  /// - Parameter maximum: The most bytes to return.
  /// - Returns: at least one byte, or none at the end of the stream.
  /// - Throws: `SystemError` when the stream broke or was closed here; `CancellationError`.
  package func read(upTo maximum: Int) async throws -> [UInt8] {
    while true {
      try Task.checkCancellation()
      readiness.expect(.reading)
      if let bytes = try readNow(upTo: maximum) { return bytes }
      try await park(.reading)
    }
  }

  /// Writes all of `bytes`, in as many pieces as the kernel wants.
  ///
  /// *Cancellation:* returns at once; a part may have been written, so the stream is good for
  /// nothing but closing unless its protocol can resynchronise.
  ///
  /// - Throws: `SystemError` when the stream broke or was closed here; `CancellationError`.
  package func write(_ bytes: [UInt8]) async throws {
    var written = 0
    while written < bytes.count {
      try Task.checkCancellation()
      readiness.expect(.writing)
      let count = try writeNow(bytes, from: written)
      written += count
      if count == 0 { try await park(.writing) }
    }
  }

  /// How many bytes were written and would be lost by closing now.
  ///
  /// Those of a terminal line that the kernel has not sent; a socket's are sent all the same.
  package var unsentBytes: Int {
    guard kind == .terminal else { return 0 }
    // What is closed, or gone, has nothing left to send.
    let count = try? withDescriptor { raw in cinterlock_terminal_unsent(raw) }
    return max(0, Int(count ?? 0))
  }

  /// Whether nobody is at the other end any more, which one who only ended its own writing still is.
  package var isHungUp: Bool {
    let events = try? withDescriptor { (raw) throws(SystemError) in
      var entry = pollfd(fd: raw, events: 0, revents: 0)
      _ = unsafe poll(&entry, 1, 0)
      return entry.revents
    }
    // One that is closed here has no other end.
    return events.map { CInt($0) & POLLHUP != 0 } ?? true
  }

  /// Closes the stream, so that waiting and later calls throw.
  ///
  /// A second time does nothing.
  package func close() {
    let unused: FileDescriptor? = ownership.withLock { ownership in
      ownership.isClosing = true
      return ownership.takeIfUnused()
    }
    readiness.close()
    if let unused { end(unused) }
  }

  /// Waits until the descriptor can be written: a connection is then made, or has failed.
  ///
  /// - Throws: `SystemError` when the stream was closed here; `CancellationError`.
  func waitUntilWritable() async throws {
    try await park(.writing)
  }

  /// Waits until the descriptor can be read: a listener then has somebody to accept.
  ///
  /// - Throws: `SystemError` when the stream was closed here; `CancellationError`.
  func waitUntilReadable() async throws {
    try await park(.reading)
  }

  /// Forgets earlier reports; comes before the system call whose refusal is then waited out.
  func expect(_ direction: Readiness.Direction) {
    readiness.expect(direction)
  }

  /// Runs one system call on the descriptor, which stays open during it.
  ///
  /// - Throws: `SystemError` when the stream is closed, or what `call` throws.
  func withDescriptor<Value>(_ call: (CInt) throws(SystemError) -> Value) throws(SystemError)
    -> Value
  {
    let raw: CInt? = ownership.withLock { ownership in
      guard !ownership.isClosing, let raw = ownership.descriptor?.raw else { return nil }
      ownership.users += 1
      return raw
    }
    guard let raw else { throw SystemError("use", name, number: EBADF, remedy: "it was closed") }
    defer {
      let unused: FileDescriptor? = ownership.withLock { ownership in
        ownership.users -= 1
        return ownership.takeIfUnused()
      }
      if let unused { end(unused) }
    }
    return try call(raw)
  }

  private func readNow(upTo maximum: Int) throws(SystemError) -> [UInt8]? {
    try withDescriptor { (raw) throws(SystemError) in
      var failure: CInt = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: maximum) { buffer, count in
        var result = 0
        repeat {
          result = unsafe Self.systemRead(raw, buffer.baseAddress, maximum)
        } while result < 0 && errno == EINTR
        if result < 0 { failure = errno }
        count = max(result, 0)
      }
      guard failure != 0 else { return bytes }
      guard failure == EAGAIN || failure == EWOULDBLOCK else {
        throw SystemError("read", name, number: failure, remedy: Self.remedy(failure))
      }
      return nil
    }
  }

  private func writeNow(_ bytes: [UInt8], from start: Int) throws(SystemError) -> Int {
    try withDescriptor { (raw) throws(SystemError) in
      let result = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe buffer[start...]
        var result = 0
        repeat {
          result = unsafe systemWrite(raw, UnsafeRawBufferPointer(rebasing: rest))
        } while result < 0 && errno == EINTR
        return result < 0 ? -Int(errno) : result
      }
      guard result < 0 else { return result }
      let failure = CInt(-result)
      guard failure == EAGAIN || failure == EWOULDBLOCK else {
        throw SystemError("write", name, number: failure, remedy: Self.remedy(failure))
      }
      return 0
    }
  }

  private static func systemRead(
    _ raw: CInt, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
  ) -> Int {
    unsafe Glibc.read(raw, buffer, count)
  }

  private func systemWrite(_ raw: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    if kind == .socket {
      return unsafe send(raw, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
    }
    return unsafe Glibc.write(raw, bytes.baseAddress, bytes.count)
  }

  private func park(_ direction: Readiness.Direction) async throws {
    switch await readiness.wait(for: direction) {
    case .rung: return
    case .closed: throw SystemError("use", name, number: EBADF, remedy: "it was closed")
    case .cancelled: throw CancellationError()
    }
  }

  private func end(_ descriptor: consuming FileDescriptor) {
    loop.remove(descriptor.raw, token)
    if kind == .terminal { discardTerminalOutput(descriptor.raw) }
  }

  private static func remedy(_ number: CInt) -> String? {
    number == EIO ? "the other end is gone; was it unplugged?" : nil
  }
}
