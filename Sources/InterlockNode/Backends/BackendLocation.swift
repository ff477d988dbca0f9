internal import InterlockSystem

/// Where locks, status and documents are coordinated, as a URL says it.
package struct BackendLocation: Sendable, Hashable {
  /// Which kind of backend, and where it is.
  package enum Place: Sendable, Hashable {
    /// This process alone.
    case memory
    /// The processes of this machine, by files in a folder.
    case files(folder: String)
    /// A Redis server.
    case redis
    /// Several Redis servers, of which most have to agree.
    case redisQuorum
    /// A PostgreSQL database.
    case postgres
  }

  /// Why a text is no location.
  package struct Problem: Error, Sendable, Hashable {
    /// What it has to be: `must be …`.
    package let expected: String
  }

  /// The variable that says it where no option does.
  package static let variable = "INTERLOCK_BACKEND"

  private static let schemes: [(prefix: String, place: Place)] = [
    ("redis://", .redis), ("rediss://", .redis), ("redis+quorum://", .redisQuorum),
    ("postgres://", .postgres), ("postgresql://", .postgres),
  ]

  /// Which kind of backend, and where it is.
  package let place: Place
  /// The URL, with the password of a server in it.
  package let url: String

  /// Reads a URL.
  ///
  /// - Throws: `Problem` when it is none that says where locks are.
  package init(_ url: String) throws(Problem) {
    self.url = url
    if url == "memory:" {
      place = .memory
    } else if url.hasPrefix("file:") {
      place = .files(folder: try Self.folder(url))
    } else if let scheme = Self.schemes.first(where: { url.hasPrefix($0.prefix) }) {
      guard url.utf8.count > scheme.prefix.utf8.count else {
        throw Problem(expected: "must name a server after \(scheme.prefix)")
      }
      place = scheme.place
    } else {
      throw Problem(
        expected: "must be file:///FOLDER, memory:, redis://…, rediss://…, redis+quorum://… or "
          + "postgres://…")
    }
  }

  /// Where they are when nothing was said: as `INTERLOCK_BACKEND` has it, or in the folder of this user.
  ///
  /// - Parameters:
  ///   - environment: The values of environment variables.
  ///   - isRoot: Whether the whole machine's folder is meant.
  /// - Throws: `Problem` when the variable is no location, or this user has no such folder.
  /// - Returns: the location.
  package static func standard(
    environment: (String) -> String? = ProcessEnvironment.value,
    isRoot: Bool = ProcessEnvironment.isRoot
  ) throws(Problem) -> BackendLocation {
    if let url = environment(variable), !url.isEmpty { return try BackendLocation(url) }
    if isRoot { return BackendLocation(folder: "/var/lib/interlock") }
    guard let runtime = environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") else {
      throw Problem(expected: "must be given, as XDG_RUNTIME_DIR names no folder of this user")
    }
    return BackendLocation(folder: "\(runtime)/interlock")
  }

  /// The URL without what nobody else should read.
  package var title: String {
    guard let start = url.firstRange(of: "://")?.upperBound,
      let at = url[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@"),
      let colon = url[start..<at].firstIndex(of: ":")
    else { return url }
    return "\(url[..<colon]):…\(url[at...])"
  }

  private init(folder: String) {
    place = .files(folder: folder)
    url = "file://\(folder)"
  }

  private static func folder(_ url: String) throws(Problem) -> String {
    let rest = url.dropFirst("file://".count)
    guard url.hasPrefix("file:///"), rest.count > 1 else {
      throw Problem(expected: "must be file:// and the whole path of a folder, as in file:///DIR")
    }
    guard let path = decoded(rest.utf8) else {
      throw Problem(expected: "must have two hexadecimal digits after each %")
    }
    return path
  }

  /// The text with `%XX` as the bytes they are; nil when some are not.
  private static func decoded(_ text: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let digits = String(rest.prefix(2)),
        digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16), value != 0
      else { return nil }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
