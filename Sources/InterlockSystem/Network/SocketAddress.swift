internal import Glibc

/// A resolved address in the kernel's own form.
struct SocketAddress: Sendable {
  /// The address family, such as `AF_INET`.
  let family: CInt
  /// The bytes the kernel takes.
  let bytes: [UInt8]

  /// Looks up a host; blocks, so it belongs on a `BlockingPool`.
  ///
  /// - Returns: at least one address, in the resolver's order of preference.
  /// - Throws: `SystemError` saying what the resolver said.
  static func resolve(host: String, port: UInt16) throws(SystemError) -> [SocketAddress] {
    let (addresses, failure) = ask(host: host, port: port, flags: AI_NUMERICSERV)
    guard failure == 0 else {
      let reason = unsafe gai_strerror(failure).map { unsafe String(cString: $0) } ?? "unknown"
      throw SystemError("look up", host, number: ENOENT, remedy: "the resolver says: \(reason)")
    }
    return addresses
  }

  /// The address that `host` is; nil when it is a name.
  ///
  /// Never blocks.
  static func numeric(host: String, port: UInt16) -> [SocketAddress]? {
    let (addresses, failure) = ask(
      host: host, port: port, flags: AI_NUMERICSERV | AI_NUMERICHOST)
    return failure == 0 ? addresses : nil
  }

  private static func ask(
    host: String, port: UInt16, flags: CInt
  ) -> (addresses: [SocketAddress], failure: CInt) {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard failure == 0 else { return ([], failure) }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      let bytes = unsafe UnsafeRawBufferPointer(
        start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
      unsafe addresses.append(
        SocketAddress(family: entry.pointee.ai_family, bytes: Array(bytes)))
      unsafe next = entry.pointee.ai_next
    }
    return (addresses, 0)
  }

  /// The address of a socket in the file system.
  ///
  /// - Throws: `SystemError` when the path is longer than the kernel's 107 bytes.
  static func local(_ path: String) throws(SystemError) -> SocketAddress {
    let utf8 = Array(path.utf8)
    guard !utf8.isEmpty, utf8.count <= 107, !utf8.contains(0) else {
      throw SystemError(
        "use", "the socket path \(path), which has \(utf8.count) bytes and may have 1 to 107",
        number: ENAMETOOLONG)
    }
    let family = unsafe withUnsafeBytes(of: sa_family_t(AF_UNIX)) { unsafe Array($0) }
    return SocketAddress(family: AF_UNIX, bytes: family + utf8 + [0])
  }

  /// Calls `body` with the form system calls take.
  func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    // Aligned storage of the largest kind, since an array of bytes promises no alignment.
    var storage = sockaddr_storage()
    return unsafe withUnsafeMutableBytes(of: &storage) { buffer in
      unsafe buffer.copyBytes(from: bytes.prefix(buffer.count))
      return unsafe body(
        buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count))
    }
  }
}
