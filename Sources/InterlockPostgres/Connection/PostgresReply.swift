/// What a database answers to one statement: its rows, or an error.
typealias PostgresReply = Result<[[String?]], PostgresError>

/// What a function is given.
enum PostgresValue: Sendable, Hashable, ExpressibleByStringInterpolation {
  case text(String)
  /// Nothing.
  case null
  /// The number that the connection keeps by which it is called.
  case session

  init(stringLiteral text: String) { self = .text(text) }
}

/// A function that is prepared once for each connection, and called by its name.
struct PostgresStatement: Sendable, Hashable {
  /// What it is prepared as.
  let name: String
  private let text: String

  /// A function that answers a value.
  init(_ function: String, _ types: String) {
    name = function
    let places = (1...types.split(separator: ",").count).map { "$\($0)" }.joined(separator: ", ")
    text = "(\(types)) AS SELECT interlock.\(function)(\(places))"
  }

  /// A function that answers rows.
  init(rowsOf function: String, _ types: String) {
    name = function
    let places = (1...types.split(separator: ",").count).map { "$\($0)" }.joined(separator: ", ")
    text = "(\(types)) AS SELECT * FROM interlock.\(function)(\(places))"
  }

  /// The one that is asked only to see whether it answers, and from where.
  static let ping = PostgresStatement("ping", preparation: "AS SELECT pg_backend_pid()")

  private init(_ name: String, preparation: String) {
    self.name = name
    text = preparation
  }

  /// The statement that prepares it.
  var preparation: String { "PREPARE interlock_\(name) \(text);" }
  /// What the server knows it as.
  var preparedName: String { "interlock_\(name)" }
}
