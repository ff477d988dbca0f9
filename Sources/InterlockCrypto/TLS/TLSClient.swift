internal import COpenSSL

/// The client's side of a TLS connection, in memory: bytes go in and come out, and nothing here knows a socket.
///
/// The server's certificate is checked against the authorities that are trusted, and its name against the one that was
/// asked for; there is no way to leave that out. TLS 1.2 is the oldest version that is spoken.
///
/// ```swift
/// var tls = try TLSClient(serverName: "redis.example.org")
/// send(tls.takeOutput())                       // the first words of the handshake
/// let plain = try tls.receive(bytes.span)      // as often as something comes
/// send(tls.takeOutput())
/// ```
///
/// *Source:* RFC 8446 and RFC 5246; RFC 6125 for names. OpenSSL does it.
@safe
public struct TLSClient: ~Copyable, @unchecked Sendable {
  // The pointers are made and freed here, never handed out, and used only through exclusive access to `self`.
  private let connection: OpaquePointer
  private let input: OpaquePointer
  private let output: OpaquePointer
  private let serverName: String
  /// What was to be sent before the handshake was over.
  private var waiting: [UInt8] = []
  /// Whether the handshake is over and the server is who it should be.
  public private(set) var isEstablished = false

  /// The most that may wait for the handshake.
  private static let longestWaiting = 1 << 20

  /// Begins a handshake; its first bytes are in ``takeOutput()``.
  ///
  /// - Parameters:
  ///   - serverName: The name or address that the server's certificate must be for.
  ///   - authorities: A file of certificates in PEM form that are trusted; nil for those that the system trusts.
  /// - Throws: ``TLSError`` when the file cannot be used.
  public init(serverName: String, authorities: String? = nil) throws(TLSError) {
    let parts = unsafe try Self.parts(serverName, authorities)
    unsafe connection = parts.connection
    unsafe input = parts.input
    unsafe output = parts.output
    self.serverName = serverName
    // Nothing has come yet, so all it can do is write its first words.
    _ = unsafe SSL_do_handshake(connection)
  }

  deinit { unsafe SSL_free(connection) }

  /// Takes bytes that came from the server.
  ///
  /// - Returns: what they say; empty during the handshake.
  /// - Throws: ``TLSError`` when the server is not who it should be, or what came was changed on the way.
  public mutating func receive(_ bytes: Span<UInt8>) throws(TLSError) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    let taken = unsafe bytes.withPointer { unsafe BIO_write(input, $0, CInt(bytes.count)) }
    guard taken == CInt(bytes.count) else { throw Self.failure("take what \(serverName) sent") }
    try shakeHands()
    return isEstablished ? try readAll() : []
  }

  /// Takes bytes for the server; they wait for the end of the handshake.
  ///
  /// - Throws: ``TLSError`` when the connection has failed, or more than a mebibyte waits.
  public mutating func send(_ bytes: [UInt8]) throws(TLSError) {
    guard isEstablished else {
      guard waiting.count + bytes.count <= Self.longestWaiting else {
        throw TLSError("\(bytes.count) more bytes wait for \(serverName) to finish its handshake")
      }
      waiting += bytes
      return
    }
    guard !bytes.isEmpty else { return }
    let written = unsafe bytes.withUnsafeBufferPointer {
      unsafe SSL_write(connection, $0.baseAddress, CInt($0.count))
    }
    // Memory takes everything at once.
    guard written == CInt(bytes.count) else { throw Self.failure("send to \(serverName)") }
  }

  /// What is to be sent to the server, which is then taken.
  public mutating func takeOutput() -> [UInt8] {
    let count = unsafe BIO_ctrl_pending(output)
    guard count > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let read = unsafe BIO_read(output, buffer.baseAddress, CInt(count))
      filled = max(0, Int(read))
    }
  }

  private mutating func shakeHands() throws(TLSError) {
    guard !isEstablished else { return }
    ERR_clear_error()
    let result = unsafe SSL_do_handshake(connection)
    guard result == 1 else {
      switch unsafe SSL_get_error(connection, result) {
      case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
      default: throw handshakeFailure()
      }
    }
    isEstablished = true
    let first = waiting
    waiting = []
    try send(first)
  }

  private func readAll() throws(TLSError) -> [UInt8] {
    var plain: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16_384)
    while true {
      ERR_clear_error()
      let count = unsafe part.withUnsafeMutableBytes {
        unsafe SSL_read(connection, $0.baseAddress, CInt($0.count))
      }
      guard count <= 0 else {
        plain += part[..<Int(count)]
        continue
      }
      switch unsafe SSL_get_error(connection, count) {
      // Its farewell is followed by the end of the stream, which whoever reads sees.
      case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_ZERO_RETURN: return plain
      default: throw Self.failure("read what \(serverName) sent")
      }
    }
  }

  private func handshakeFailure() -> TLSError {
    let verdict = unsafe SSL_get_verify_result(connection)
    guard verdict != X509_V_OK else { return Self.failure("begin TLS with \(serverName)") }
    let words = unsafe String(cString: X509_verify_cert_error_string(verdict))
    return TLSError(
      "the certificate of \(serverName) is not accepted: \(words); name the authority that signed it"
    )
  }

  private typealias Parts = (
    connection: OpaquePointer, input: OpaquePointer, output: OpaquePointer
  )

  private static func parts(
    _ serverName: String, _ authorities: String?
  ) throws(TLSError) -> Parts {
    let context = unsafe try context(authorities)
    // The connection keeps it alive as long as it needs it.
    defer { unsafe SSL_CTX_free(context) }
    guard let connection = unsafe SSL_new(context) else { throw failure("begin TLS") }
    guard let input = unsafe BIO_new(BIO_s_mem()) else {
      unsafe SSL_free(connection)
      throw failure("begin TLS")
    }
    guard let output = unsafe BIO_new(BIO_s_mem()) else {
      unsafe SSL_free(connection)
      unsafe BIO_free(input)
      throw failure("begin TLS")
    }
    unsafe SSL_set_bio(connection, input, output)
    unsafe SSL_set_connect_state(connection)
    guard unsafe expect(serverName, of: connection) else {
      unsafe SSL_free(connection)
      throw TLSError("'\(serverName)' is no name of a TLS server")
    }
    return unsafe (connection, input, output)
  }

  private static func context(_ authorities: String?) throws(TLSError) -> OpaquePointer {
    guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw failure("begin TLS") }
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    let isReady = unsafe copenssl_refuse_old_versions(context) == 1
    let trusted =
      if let authorities {
        unsafe SSL_CTX_load_verify_locations(context, authorities, nil)
      } else {
        unsafe SSL_CTX_set_default_verify_paths(context)
      }
    guard isReady, trusted == 1 else {
      unsafe SSL_CTX_free(context)
      let place = authorities ?? "the system's folder"
      throw failure("use the certificates in \(place)")
    }
    return unsafe context
  }

  /// Has the certificate checked against a name, or against an address, which is never sent as a name.
  private static func expect(_ name: String, of connection: OpaquePointer) -> Bool {
    if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), name) == 1 { return true }
    ERR_clear_error()
    return unsafe SSL_set1_host(connection, name) == 1
      && copenssl_set_server_name(connection, name) == 1
  }

  private static func failure(_ what: String) -> TLSError {
    var text = [CChar](repeating: 0, count: 256)
    let number = ERR_get_error()
    guard number != 0 else { return TLSError("cannot \(what)") }
    unsafe ERR_error_string_n(number, &text, text.count)
    let words = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return TLSError("cannot \(what): \(String(decoding: words, as: UTF8.self))")
  }
}
