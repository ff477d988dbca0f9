internal import CPostgres
internal import Glibc

/// One connection of libpq, used by one thread at a time.
///
/// Everything that is not safe about libpq is in this file. It never blocks but for ``init(_:)``, which may look up a name.
///
/// *Source:* PostgreSQL 15 documentation, chapter 34: libpq.
// Sendable: libpq keeps what it knows of a connection with it, and whoever has the only reference is the only user.
@safe struct PostgresLink: ~Copyable, @unchecked Sendable {
  /// How far the connection has come.
  enum Progress: Sendable, Hashable {
    case reads
    case writes
    case connected
    case failed(String)
  }

  /// What came.
  enum Event: Sendable {
    case reply(PostgresReply)
    /// The end of what one statement answers.
    case end
    /// Everything sent before has been answered.
    case synced
  }

  // Owned: nobody else has it, and it is freed with this.
  private let raw: OpaquePointer

  /// Begins to connect.
  ///
  /// - Parameter parameters: Names and values as `PQconnectdbParams` takes them; `dbname` may be a URL.
  /// - Throws: when there is no memory for it.
  init(_ parameters: [(name: String, value: String)]) throws(PostgresError) {
    let raw = unsafe CStrings(parameters.map(\.name)).withPointers { names in
      unsafe CStrings(parameters.map(\.value)).withPointers { values in
        unsafe PQconnectStartParams(names, values, 1)
      }
    }
    guard let raw = unsafe raw else {
      throw PostgresError.unreachable("there is no memory for a connection")
    }
    unsafe self.raw = raw
  }

  deinit { unsafe PQfinish(raw) }

  /// What is waited for, on this descriptor.
  var descriptor: CInt { unsafe PQsocket(raw) }

  /// Goes on connecting, when what was waited for has come; at first, what is to be waited for is ``Progress/writes``.
  mutating func goOn() -> Progress {
    switch unsafe PQconnectPoll(raw) {
    case PGRES_POLLING_OK: .connected
    case PGRES_POLLING_READING: .reads
    case PGRES_POLLING_WRITING: .writes
    default: .failed(message)
    }
  }

  /// Whether the attempt has failed already.
  var hasFailed: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }

  /// Never blocks from now on.
  mutating func stopBlocking() -> Bool { unsafe PQsetnonblocking(raw, 1) == 0 }

  /// From now on statements are sent without waiting for the answers to those before.
  mutating func beginPipeline() -> Bool { unsafe PQenterPipelineMode(raw) == 1 }

  /// The process that serves it, by what the other side said when it connected.
  var process: Int32 { unsafe PQbackendPID(raw) }

  /// In libpq's words, on one line.
  var message: String {
    let text = unsafe String(cString: PQerrorMessage(raw))
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.drop { $0.isWhitespace }
    }
    return lines.joined(separator: "; ")
  }

  /// Sends statements as one text; not in a pipeline.
  mutating func send(_ text: String) -> Bool { unsafe PQsendQuery(raw, text) == 1 }

  /// Sends a prepared statement with its values, nil for none, and asks to be told when it has been answered.
  mutating func send(_ name: String, _ values: [String?]) -> Bool {
    let count = values.count
    let isSent = unsafe CStrings(values).withPointers { values in
      unsafe PQsendQueryPrepared(raw, name, CInt(count), values, nil, nil, 0) == 1
    }
    guard isSent else { return false }
    return unsafe PQpipelineSync(raw) == 1
  }

  /// Writes what the kernel takes: whether that was all; nil when the connection is broken.
  mutating func flush() -> Bool? {
    switch unsafe PQflush(raw) {
    case 0: true
    case 1: false
    default: nil
    }
  }

  /// Reads what has come; false when the connection is broken.
  mutating func read() -> Bool { unsafe PQconsumeInput(raw) == 1 }

  /// What came next; nil when there is nothing whole yet.
  ///
  /// Where nothing is awaited this is an ``Event/end``, again and again.
  mutating func next() -> Event? {
    guard unsafe PQisBusy(raw) == 0 else { return nil }
    guard let result = unsafe PQgetResult(raw) else { return .end }
    defer { unsafe PQclear(result) }
    switch unsafe PQresultStatus(result) {
    case PGRES_PIPELINE_SYNC: return .synced
    case PGRES_TUPLES_OK:
      let (rows, columns) = unsafe (PQntuples(result), PQnfields(result))
      return .reply(
        .success(
          (0..<rows).map { row in
            (0..<columns).map { column in
              guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
              return unsafe String(cString: PQgetvalue(result, row, column))
            }
          }))
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .reply(.success([]))
    default:
      return .reply(.failure(unsafe Self.error(of: result)))
    }
  }

  private static func error(of result: OpaquePointer) -> PostgresError {
    func field(_ code: UnicodeScalar) -> String {
      guard let text = unsafe PQresultErrorField(result, CInt(code.value)) else { return "" }
      return unsafe String(cString: text)
    }
    let hint = field("H")
    let text = field("M") + (hint.isEmpty ? "" : "; \(hint)")
    return .refused(code: field("C"), text.isEmpty ? "it said no, and not why" : text)
  }

  /// A message of a channel that is listened to; nil when there is none.
  mutating func nextMessage() -> String? {
    guard let message = unsafe PQnotifies(raw) else { return nil }
    defer { unsafe PQfreemem(message) }
    return unsafe String(cString: message.pointee.extra)
  }
}

/// Texts as C has them, which end with this.
@safe private struct CStrings: ~Copyable {
  private let pointers: [UnsafePointer<CChar>?]

  init(_ texts: [String?]) {
    unsafe pointers = texts.map { text in unsafe text.flatMap { unsafe UnsafePointer(strdup($0)) } }
  }

  deinit {
    for index in unsafe pointers.indices {
      unsafe free(UnsafeMutableRawPointer(mutating: pointers[index]))
    }
  }

  /// Lends them, with nothing after the last.
  borrowing func withPointers<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    unsafe (pointers + [nil]).withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }
}
